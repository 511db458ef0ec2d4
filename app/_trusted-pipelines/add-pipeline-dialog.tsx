"use client";

import { useId, useState } from "react";
import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { useSubmit } from "@/app/_parts/use-submit";
import { refusalAtField } from "@/app/_version-control/use-credential-form";
import { useAnnounce } from "@/components/ui/announcements";
import { CheckboxField, Field, SelectField, TextAreaField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import type { ProviderType } from "@/db/enums";
import { lifetimes } from "@/lib/trusted-pipelines/limits";
import { reachable } from "@/lib/web/reachable";
import { addPipelineAction } from "./actions";
import { ProjectFields } from "./project-fields";
import type { Filled, KnownProvider } from "./shown";
import { isTag, mergeRequestsLabel, refName } from "./words";

const addPipeline = reachable(addPipelineAction);
const fields = ["providerUrl"];

const providerOptions = [
  { value: "gitlab", label: "GitLab" },
  { value: "github", label: "GitHub" },
];
const refTypeOptions = [
  { value: "branch", label: "Branch" },
  { value: "tag", label: "Tag" },
];

type Suggestions = { branch: string[]; tag: string[]; environment: string[] };

type Props = {
  place: ScopeFields & TokenRef;
  providers: readonly KnownProvider[];
  /** What a refused job would need. */
  from?: Filled;
  /** Pasted public keys of its provider. */
  keys?: string;
  onClose: () => void;
};

export function AddPipelineDialog({ place, providers, from, keys, onClose }: Props) {
  const announce = useAnnounce();
  const id = useId();
  const [provider, setProvider] = useState<ProviderType>(from?.providerType ?? providers[0]?.providerType ?? "gitlab");
  const [refType, setRefType] = useState<"branch" | "tag">(from?.ref && isTag(from.ref) ? "tag" : "branch");
  const [suggested, suggest] = useState<Suggestions>({ branch: [], tag: [], environment: [] });
  const { failed, submit, pending } = useSubmit<FormData, void>(async (previous, form) => {
    const answer = refusalAtField(await addPipeline(previous, form), fields);
    if (answer.status === "done")
      announce({ text: `Jobs of “${String(form.get("project")).trim()}” are trusted now.` });
    return answer;
  }, onClose);
  return (
    <FormDialog
      title="Add Trusted Pipeline"
      description="Jobs that fit all of this get a secret of the access token, with its role."
      hidden={{ tokenId: place.tokenId }}
      action={submit}
      error={failed?.message}
      submitLabel="Add"
      pendingLabel="Adding…"
      pending={pending}
      onClose={onClose}
    >
      <SelectField
        label="Provider Type"
        name="providerType"
        options={providerOptions}
        value={provider}
        onChange={(event) => setProvider(event.target.value === "github" ? "github" : "gitlab")}
        errors={failed?.fields?.providerType}
      />
      <ProjectFields
        // Another type is another provider, whose URL and IDs are others.
        key={provider}
        place={place}
        provider={provider}
        providers={providers}
        from={from?.providerType === provider ? from : undefined}
        errors={failed?.fields}
        onFound={({ branches, tags, environments }) =>
          suggest({ branch: branches, tag: tags, environment: environments })
        }
      />
      <SelectField
        label="Ref Type"
        name="refType"
        options={refTypeOptions}
        value={refType}
        onChange={(event) => setRefType(event.target.value === "tag" ? "tag" : "branch")}
      />
      <TextWithSuggestions
        id={`${id}refs`}
        label="Branch or Tag"
        name="ref"
        defaultValue={from?.ref ? refName(from.ref) : ""}
        help="Exact, or with one *, which stands for anything but /. Needed unless you enter an environment."
        suggestions={suggested[refType]}
        errors={failed?.fields?.ref}
      />
      <TextWithSuggestions
        id={`${id}environments`}
        label="Environment"
        name="environment"
        defaultValue={from?.environment ?? ""}
        help="Optional. Only jobs that deploy to it are trusted."
        suggestions={suggested.environment}
        errors={failed?.fields?.environment}
      />
      {provider === "gitlab" && (
        <CheckboxField
          label="Protected branches and tags only"
          name="protectedOnly"
          defaultChecked={from?.protectedOnly ?? true}
          help="Without it, whoever may push to the project can make a branch of that name."
          errors={failed?.fields?.protectedOnly}
        />
      )}
      <CheckboxField
        label="Also merge/pull requests"
        name="mergeRequests"
        defaultChecked={from?.mergeRequests ?? false}
        help={`“${mergeRequestsLabel[provider]}”: jobs that run code which nobody has accepted yet, possibly of a fork.`}
        errors={failed?.fields?.mergeRequests}
      />
      <Field
        label="Lifetime"
        name="lifetimeMinutes"
        type="number"
        inputMode="numeric"
        min={lifetimes.least}
        max={lifetimes.most}
        defaultValue={lifetimes.usual}
        required
        help={`In minutes, ${lifetimes.least} to ${lifetimes.most}. A secret ends after it, even if the job goes on.`}
        errors={failed?.fields?.lifetimeMinutes}
      />
      <PublicKeys keys={keys} errors={failed?.fields?.publicKeys} />
    </FormDialog>
  );
}

type SuggestingProps = {
  id: string;
  label: string;
  name: string;
  defaultValue: string;
  help: string;
  suggestions: readonly string[];
  errors?: readonly string[];
};

function TextWithSuggestions({ id, suggestions, ...field }: SuggestingProps) {
  return (
    <div>
      <Field {...field} list={id} autoComplete="off" autoCapitalize="off" spellCheck={false} className="font-mono" />
      <datalist id={id}>
        {suggestions.map((suggestion) => (
          <option key={suggestion} value={suggestion} />
        ))}
      </datalist>
    </div>
  );
}

/** Open while it has an error, which a closed one would hide. */
function PublicKeys({ keys = "", errors }: { keys?: string; errors?: readonly string[] }) {
  const [open, setOpen] = useState(keys !== "");
  return (
    <details open={open || Boolean(errors)} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer rounded-sm text-small text-muted">
        The provider can’t be reached from here
      </summary>
      <div className="mt-3">
        <TextAreaField
          label="Public Keys"
          name="publicKeys"
          defaultValue={keys}
          help="The provider’s JSON Web Key Set, such as from https://gitlab.example.com/oauth/discovery/keys. Paste it again when the provider changes its keys."
          errors={errors}
        />
      </div>
    </details>
  );
}
