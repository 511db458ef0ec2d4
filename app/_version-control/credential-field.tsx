import { Callout } from "@/components/ui/callout";
import { CheckboxField, Field } from "@/components/ui/field";
import { unfilled } from "@/components/ui/unfilled";

type Props = { help: string; errors?: readonly string[]; isPersonal: boolean; onNewCredential: () => void };

/** The provider's token with the advice against a person's; where it is one, the error says so, and a checkbox goes past it. */
export function CredentialField({ help, errors, isPersonal, onNewCredential }: Props) {
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Access Token"
        name="token"
        type="password"
        // Browsers ignore "off" here, and would offer the person's own password for this site.
        autoComplete="new-password"
        {...unfilled}
        spellCheck={false}
        required
        help={help}
        errors={errors}
        onChange={onNewCredential}
      />
      {isPersonal ? (
        <CheckboxField label="Use a personal token anyway" name="acceptPersonalToken" />
      ) : (
        <Callout tone="amber">
          Do not use a personal token: it ends when that person leaves, and it can do all that the person can.
        </Callout>
      )}
    </div>
  );
}
