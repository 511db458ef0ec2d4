import { Badge } from "@/components/ui/badge";
import { CheckboxField, Field } from "@/components/ui/field";
import type { ProviderType } from "@/db/enums";
import { tagsHelp, untaggedHelp } from "./words";

/** Tags of a runner, or that runners may have; `none` says what it means that there are none. */
export function TagList({ tags, none }: { tags: readonly string[]; none: string }) {
  if (tags.length === 0) return <span className="text-muted">{none}</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <li key={tag} className="min-w-0">
          <Badge wraps>{tag}</Badge>
        </li>
      ))}
    </ul>
  );
}

type RunnerFieldsProps = {
  provider: ProviderType;
  allowedTags?: readonly string[];
  runUntagged?: boolean;
  errors?: Record<string, string[] | undefined>;
};

/** What the runners of an access may be. */
export function RunnerFields({ provider, allowedTags = [], runUntagged = false, errors }: RunnerFieldsProps) {
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
