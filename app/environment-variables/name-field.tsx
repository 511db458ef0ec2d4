import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { warningAbout } from "@/lib/environment-variables/reserved-names";

type Props = {
  name: string;
  /** Without it the name can only be read. */
  onChange?: (name: string) => void;
  errors?: readonly string[];
};

/** The name, with a warning where it is allowed but may surprise. */
export function NameField({ name, onChange, errors }: Props) {
  const warning = onChange && warningAbout(name);
  return (
    <div>
      <Field
        label="Name"
        value={name}
        readOnly={!onChange}
        onChange={(event) => onChange?.(event.target.value)}
        required
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="off"
        spellCheck={false}
        className="font-mono read-only:bg-hover"
        errors={errors}
      />
      {/* There before the warning is, so that it is read aloud. */}
      <div role="status">
        {warning && (
          <div className="mt-2">
            <Callout tone="amber">{warning}</Callout>
          </div>
        )}
      </div>
    </div>
  );
}
