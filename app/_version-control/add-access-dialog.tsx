"use client";

import { useState } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { Field, SelectField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { noAutofill } from "@/components/ui/no-autofill";
import { useFreshErrors } from "@/components/ui/use-fresh-errors";
import type { ProviderType, TokenScope } from "@/db/enums";
import { reachable } from "@/lib/web/reachable";
import { addAccessAction } from "./actions";
import { CredentialField } from "./credential-field";
import { RunnerFields } from "./runner-fields";
import { useCredentialForm } from "./use-credential-form";
import { providerLabels, publicSites, scopeLabels, targetHelp, tokenHelp, urlHelp } from "./words";

const providerOptions = [
  { value: "gitlab", label: providerLabels.gitlab },
  { value: "github", label: providerLabels.github },
];

const scopeOptions = [
  { value: "group", label: scopeLabels.group },
  { value: "project", label: scopeLabels.project },
];

const addAccess = reachable(addAccessAction);
const fields = ["providerUrl", "token", "targetId"];

export function AddAccessDialog({ tokenRef, onClose }: { tokenRef: TokenRef; onClose: () => void }) {
  const [provider, setProvider] = useState<ProviderType>("gitlab");
  const [scope, setScope] = useState<TokenScope>("project");
  const { failed, submit, pending, ...credential } = useCredentialForm(addAccess, fields, onClose);
  return (
    <FormDialog
      title="Add Access"
      hidden={tokenRef}
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
      <ProviderUrlField provider={provider} errors={failed?.fields?.providerUrl} />
      <CredentialField help={tokenHelp[provider][scope]} errors={failed?.fields?.token} {...credential} />
      <SelectField
        label="Token Scope"
        name="tokenScope"
        options={scopeOptions}
        value={scope}
        onChange={(event) => setScope(event.target.value === "group" ? "group" : "project")}
        errors={failed?.fields?.tokenScope}
      />
      <Field
        label="Project/Group ID"
        name="targetId"
        autoComplete="off"
        {...noAutofill}
        required
        help={targetHelp[provider][scope]}
        errors={failed?.fields?.targetId}
      />
      <RunnerFields provider={provider} errors={failed?.fields} />
    </FormDialog>
  );
}

/** A click enters the provider's own site. */
function ProviderUrlField({ provider, errors }: { provider: ProviderType; errors?: readonly string[] | undefined }) {
  const [url, setUrl] = useState("");
  const [shown, dismiss] = useFreshErrors(errors);
  const site = publicSites[provider];

  function chooseSite() {
    setUrl(site.url);
    dismiss();
  }

  return (
    <Field
      label="Provider URL"
      name="providerUrl"
      type="url"
      autoComplete="off"
      {...noAutofill}
      required
      value={url}
      onChange={(event) => setUrl(event.target.value)}
      help={urlHelp[provider]}
      errors={shown}
      below={
        <Button variant="secondary" aria-pressed={url === site.url} onClick={chooseSite}>
          {site.label}
        </Button>
      }
    />
  );
}
