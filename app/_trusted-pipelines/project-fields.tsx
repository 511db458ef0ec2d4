"use client";

import { useId, useRef, useState } from "react";
import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { urlHelp } from "@/app/_version-control/words";
import { Field } from "@/components/ui/field";
import { noAutofill } from "@/components/ui/no-autofill";
import type { ProviderType } from "@/db/enums";
import type { Project } from "@/lib/trusted-pipelines/projects/project";
import type { Filled, KnownProvider } from "./shown";
import { useProject } from "./use-project";
import { idHelp, projectHelp } from "./words";

const usualUrl: Record<ProviderType, string> = { gitlab: "https://gitlab.com", github: "https://github.com" };

type Props = {
  place: ScopeFields & TokenRef;
  provider: ProviderType;
  providers: readonly KnownProvider[];
  from?: Filled;
  errors?: Record<string, string[] | undefined>;
  onFound: (project: Project) => void;
};

/** The provider's URL and the project. Its IDs are looked up when the project or the URL is left. */
export function ProjectFields({ place, provider, providers, from, errors, onFound }: Props) {
  const id = useId();
  const urls = providers.filter(({ providerType }) => providerType === provider).map(({ providerUrl }) => providerUrl);
  const [providerUrl, setProviderUrl] = useState(from?.providerUrl ?? urls[0] ?? "");
  const [project, setProject] = useState(from?.project ?? "");
  const [ids, setIds] = useState({ projectId: from?.projectId ?? "", ownerId: from?.ownerId ?? "" });
  const filled = useRef({ projectId: "", ownerId: "" });
  const { lookup, find } = useProject(place, (found) => {
    const next = { projectId: found.projectId, ownerId: found.ownerId ?? "" };
    // What somebody typed stays.
    setIds((now) => ({
      projectId: now.projectId && now.projectId !== filled.current.projectId ? now.projectId : next.projectId,
      ownerId: now.ownerId && now.ownerId !== filled.current.ownerId ? now.ownerId : next.ownerId,
    }));
    filled.current = next;
    onFound(found);
  });
  const lookUp = () => find({ providerType: provider, providerUrl, project });
  const text = { autoComplete: "off", autoCapitalize: "off", spellCheck: false, ...noAutofill } as const;
  return (
    <>
      <div>
        <Field
          {...text}
          label="Provider URL"
          name="providerUrl"
          type="url"
          list={`${id}urls`}
          required
          value={providerUrl}
          onChange={(event) => setProviderUrl(event.target.value)}
          onBlur={lookUp}
          help={urlHelp[provider]}
          errors={errors?.providerUrl}
        />
        <datalist id={`${id}urls`}>
          {[...new Set([...urls, usualUrl[provider]])].map((url) => (
            <option key={url} value={url} />
          ))}
        </datalist>
      </div>
      <div className="flex flex-col gap-1.5">
        <Field
          {...text}
          label="Project"
          name="project"
          required
          value={project}
          onChange={(event) => setProject(event.target.value)}
          onBlur={lookUp}
          help={projectHelp[provider]}
          errors={errors?.project}
        />
        {/* Rendered before there is a message, so that screen readers announce it. */}
        <p role="status" className="text-small empty:hidden">
          {lookup.state === "looking" && "Looking up…"}
          {lookup.state === "found" && foundInWords(lookup.project, ids)}
          {lookup.state === "failed" && `${lookup.message} You can enter the ${idsOf[provider]} yourself.`}
        </p>
      </div>
      <IdField
        label="Project ID"
        name="projectId"
        value={ids.projectId}
        onChange={(projectId) => setIds({ ...ids, projectId })}
        help={idHelp[provider]}
        errors={errors?.projectId}
      />
      {provider === "github" && (
        <IdField
          label="Owner ID"
          name="ownerId"
          value={ids.ownerId}
          onChange={(ownerId) => setIds({ ...ids, ownerId })}
          help="The number of the organization or user that owns the repository."
          errors={errors?.ownerId}
        />
      )}
    </>
  );
}

const idsOf: Record<ProviderType, string> = { gitlab: "ID", github: "IDs" };

/** Says so where other IDs are in the fields than the provider has. */
function foundInWords({ projectId, ownerId }: Project, typed: { projectId: string; ownerId: string }): string {
  const differs = typed.projectId !== projectId || (ownerId !== null && typed.ownerId !== ownerId);
  if (!differs) return "Found at the provider.";
  const owner = ownerId === null ? "" : `, that of its owner ${ownerId}`;
  return `At the provider the project’s ID is ${projectId}${owner}. You have entered another one.`;
}

type IdFieldProps = {
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  help: string;
  errors?: readonly string[];
};

function IdField({ onChange, ...field }: IdFieldProps) {
  return (
    <Field
      {...field}
      {...noAutofill}
      autoComplete="off"
      inputMode="numeric"
      required
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
