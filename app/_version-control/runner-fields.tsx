import { CheckboxField, Field } from "@/components/ui/field";
import type { ProviderType } from "@/db/enums";
import { tagsHelp, untaggedHelp } from "./words";

type Props = {
  provider: ProviderType;
  allowedTags?: readonly string[];
  runUntagged?: boolean;
  errors?: Record<string, string[] | undefined>;
};

/** Restrictions on the runners of an access. */
export function RunnerFields({ provider, allowedTags = [], runUntagged = false, errors }: Props) {
  return (
    <>
      <Field
        label="Allowed Tags"
        name="allowedTags"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        defaultValue={allowedTags.join(", ")}
        help={tagsHelp[provider]}
        errors={errors?.allowedTags}
      />
      {provider === "gitlab" && (
        <CheckboxField
          label="Run untagged jobs"
          name="runUntagged"
          defaultChecked={runUntagged}
          help={untaggedHelp}
          errors={errors?.runUntagged}
        />
      )}
    </>
  );
}
