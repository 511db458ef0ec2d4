import type { ProviderType, RunnerState, TokenScope } from "@/db/enums";
import type { VersionControlAccess } from "@/lib/version-control/access";

export const providerLabels: Record<ProviderType, string> = { gitlab: "GitLab", github: "GitHub" };
export const scopeLabels: Record<TokenScope, string> = { group: "Group", project: "Project" };
export const runnerLabels: Record<RunnerState, string> = {
  registering: "Registering",
  registered: "Registered",
  unregistering: "Unregistering",
};

/** Which token a person has to create at the provider. */
export const tokenHelp: Record<ProviderType, Record<TokenScope, string>> = {
  gitlab: {
    group:
      "Make a group access token with the role Owner and the scope api. The scope create_runner is enough where you enter the group’s numeric ID.",
    project:
      "Make a project access token with the role Maintainer and the scope api. The scope create_runner is enough where you enter the project’s numeric ID.",
  },
  github: {
    group:
      "Make a fine-grained token of a machine account, or a token of a GitHub App, with the organization permission “Self-hosted runners: Read and write”. An app’s installation token ends after an hour.",
    project:
      "Make a fine-grained token of a machine account, or a token of a GitHub App, with the repository permission “Administration: Read and write”. An app’s installation token ends after an hour.",
  },
};

export const targetHelp: Record<ProviderType, Record<TokenScope, string>> = {
  gitlab: {
    group: "The group’s numeric ID, or its full path, such as group/subgroup.",
    project: "The project’s numeric ID, or its full path, such as group/project.",
  },
  github: { group: "The login of the organization.", project: "The repository, as owner/repo." },
};

export const tagsHelp: Record<ProviderType, string> = {
  gitlab: "Separated by commas; empty for any tags. A runner registered without tags gets these.",
  github: "The runners’ labels, separated by commas; empty for any. A runner registered without tags gets these.",
};

export const untaggedHelp =
  "A runner registered without tags then takes every job without tags. Whoever gets hold of this access token’s secret can take those jobs too, with their sources and variables.";

export const urlHelp: Record<ProviderType, string> = {
  gitlab: "The address of GitLab’s start page, such as https://gitlab.com or https://git.example.com/gitlab.",
  github: "https://github.com, or the address of your GitHub Enterprise.",
};

/** The providers' own sites, offered as the provider URL. */
export const publicSites: Record<ProviderType, { label: string; url: string }> = {
  gitlab: { label: "GitLab.com", url: "https://gitlab.com" },
  github: { label: "GitHub.com", url: "https://github.com" },
};

export type ShownAccess = Pick<
  VersionControlAccess,
  "id" | "providerType" | "providerUrl" | "tokenScope" | "allowedTags" | "runUntagged" | "revision"
>;
