import { providerLabels, scopeLabels } from "./words";

export const providerOptions = [
  { value: "gitlab", label: providerLabels.gitlab },
  { value: "github", label: providerLabels.github },
];

export const scopeOptions = [
  { value: "group", label: scopeLabels.group },
  { value: "project", label: scopeLabels.project },
];
