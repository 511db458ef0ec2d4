import { roleLabels } from "@/app/_parts/role-labels";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Field, HiddenFields, SelectField } from "@/components/ui/field";
import { FormActions } from "@/components/ui/form-dialog";
import { organizationRoles } from "@/db/enums";
import { type FormState, refusalOf } from "@/lib/web/form-state";

const roleOptions = organizationRoles.map((role) => ({ value: role, label: roleLabels[role] }));

type Props = {
  organizationId: string;
  answer: FormState<unknown>;
  action: (form: FormData) => void;
  pending: boolean;
  onCancel: () => void;
};

export function InviteForm({ organizationId, answer, action, pending, onCancel }: Props) {
  const failed = refusalOf(answer);
  return (
    <ActionForm action={action}>
      <HiddenFields fields={{ organizationId }} />
      <FormError>{failed?.message}</FormError>
      <Field label="Email" name="email" type="email" required autoComplete="off" errors={failed?.fields?.email} />
      <SelectField
        label="Role"
        name="role"
        options={roleOptions}
        defaultValue="organization_user"
        help="An organization admin manages its groups, people and access tokens."
        errors={failed?.fields?.role}
      />
      <FormActions submitLabel="Invite" pendingLabel="Inviting…" pending={pending} onCancel={onCancel} />
    </ActionForm>
  );
}
