import { Callout } from "@/components/ui/callout";
import { CheckboxField, Field } from "@/components/ui/field";
import { noAutofill } from "@/components/ui/no-autofill";

type Props = { help: string; errors?: readonly string[]; isPersonal: boolean; onNewCredential: () => void };

/** The provider's token, with a warning against personal tokens. A checkbox accepts a refused personal token anyway. */
export function CredentialField({ help, errors, isPersonal, onNewCredential }: Props) {
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Access Token"
        name="token"
        type="password"
        // Browsers ignore "off" here and would offer the person's password for this site.
        autoComplete="new-password"
        {...noAutofill}
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
