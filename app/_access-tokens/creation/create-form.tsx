import type { ScopeFields } from "@/app/_parts/paths";
import { useTimeZone } from "@/components/time";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { DialogBody } from "@/components/ui/dialog-actions";
import { CheckboxField, Field, HiddenFields } from "@/components/ui/field";
import { FormActions } from "@/components/ui/form-dialog";
import type { Bounds } from "@/lib/policies/policy";
import { refusalOf } from "@/lib/web/form-state";
import { DescriptionField } from "../description-field";
import type { SecretFormProps } from "../reveal/secret-dialog";
import { ExpirationField } from "./expiration-field";
import { noAdminRole } from "./policy-words";

type Props = SecretFormProps & { scope: ScopeFields; bounds: Bounds };

export function CreateForm({ scope, bounds, idempotencyKey, answer, action, pending, onCancel }: Props) {
  const failed = refusalOf(answer);
  const timeZone = useTimeZone();
  return (
    <ActionForm action={action}>
      <HiddenFields fields={{ ...scope, timeZone, idempotencyKey }} />
      <DialogBody>
        <FormError>{failed?.message}</FormError>
        <Field label="Token Name" name="name" required autoComplete="off" errors={failed?.fields?.name} />
        <ExpirationField longest={bounds.longestLifetime} timeZone={timeZone} errors={failed?.fields?.expiresAt} />
        <DescriptionField errors={failed?.fields?.description} />
        <CheckboxField
          label="Admin Role Assignment"
          name="admin"
          disabled={bounds.adminRoleRefusedBy !== null}
          help={bounds.adminRoleRefusedBy ? noAdminRole(bounds.adminRoleRefusedBy) : adminHelp(scope)}
          errors={failed?.fields?.admin}
        />
      </DialogBody>
      <FormActions submitLabel="Create" pendingLabel="Creating…" pending={pending} onCancel={onCancel} />
    </ActionForm>
  );
}

function adminHelp(scope: ScopeFields): string {
  const owner = "groupId" in scope ? "group" : "organization";
  return `Lets the token list, revoke, reactivate and delete the ${owner}’s access tokens and read its audit log; without it, the token can only read the ${owner} and its members.`;
}
