import { useTimeZone } from "@/components/time";
import { ActionForm } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import type { FormState } from "@/lib/web/form-state";
import { ExpirationField } from "./expiration-field";
import type { ScopeFields } from "./scope-fields";

type Props = {
  scope: ScopeFields;
  maxLifetimeDays: number;
  idempotencyKey: string;
  answer: FormState<unknown>;
  action: (form: FormData) => void;
  pending: boolean;
  onCancel: () => void;
};

export function CreateForm({ scope, maxLifetimeDays, idempotencyKey, answer, action, pending, onCancel }: Props) {
  const failed = answer.status === "failed" ? answer : undefined;
  const timeZone = useTimeZone();
  return (
    <ActionForm action={action}>
      {Object.entries({ ...scope, timeZone, idempotencyKey }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <FormError>{failed?.message}</FormError>
      <Field label="Token Name" name="name" required autoComplete="off" errors={failed?.fields?.name} />
      <ExpirationField maxLifetimeDays={maxLifetimeDays} timeZone={timeZone} errors={failed?.fields?.expiresAt} />
      <CheckboxField
        label="Admin Role Assignment"
        name="admin"
        help={adminHelp(scope)}
        errors={failed?.fields?.admin}
      />
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending} pendingLabel="Creating…">
          Create
        </Button>
      </DialogActions>
    </ActionForm>
  );
}

function adminHelp(scope: ScopeFields): string {
  const owner = "groupId" in scope ? "group" : "organization";
  return `Lets the token list, revoke, reactivate and delete the ${owner}’s access tokens and read its audit log; without it, the token can only read the ${owner} and its members.`;
}
