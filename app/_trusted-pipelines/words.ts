import type { ProviderType } from "@/db/enums";
import { exactTime } from "@/lib/format";
import type { RefusedExchange } from "@/lib/trusted-pipelines/queries";

export const mergeRequestsLabel: Record<ProviderType, string> = {
  gitlab: "Also merge requests",
  github: "Also pull requests",
};

const tagPrefix = "refs/tags/";

export function isTag(ref: string): boolean {
  return ref.startsWith(tagPrefix);
}

export function refTypeLabel(ref: string): "Branch" | "Tag" {
  return isTag(ref) ? "Tag" : "Branch";
}

/** The name of a branch or a tag without `refs/heads/` or `refs/tags/`. */
export function refName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, "");
}

/** "Branch main", "Tag v1", or what is neither as it is. */
export function refInWords(ref: string): string {
  return ref === refName(ref) ? ref : `${refTypeLabel(ref)} ${refName(ref)}`;
}

/** The claims by their meaning. Another one keeps its own name. */
const subjects: Record<string, string | undefined> = {
  project_id: "The project ID",
  repository_id: "The repository ID",
  repository_owner_id: "The owner ID",
  environment: "The environment",
  base_ref: "The target branch",
  aud: "The audience",
  iss: "The issuer",
  ref_path: "The full ref",
};

const ofRequests = ["pipeline_source", "event_name"];

/** The claims that hold a time, and what is wrong if that does not fit. */
const times: Record<string, string | undefined> = {
  exp: "The ID token has expired. Its end (exp)",
  nbf: "The ID token is not valid yet. Its start (nbf)",
  iat: "The ID token is too old, or from the future. Its time of issue (iat)",
};

type Difference = RefusedExchange["differences"][number];

/** How a refused job differs from what is trusted, as a sentence. */
export function differenceInWords({ claim, expected, found }: Difference): string {
  // Providers leave a claim out, or leave it empty.
  if (!found) {
    return claim === "environment" ? "The job has no environment." : `The ID token has no claim ${claim}.`;
  }
  if (expected === "a text") return `The ID token’s claim ${claim} is ${found}, which is no text.`;
  const time = times[claim];
  if (time) return `${time} is ${withInstants(found)}, expected ${withInstants(expected)}.`;
  if (claim === "ref_protected") return "The branch or tag is not protected.";
  if (claim === "ref_type") return `It is a ${found}, expected a ${expected}.`;
  if (ofRequests.includes(claim))
    return `The pipeline was started by ${found}. Merge and pull requests are not trusted.`;
  if (expected === "no merge or pull request") return `It ran for ${found}. Merge and pull requests are not trusted.`;
  if (claim === "ref") {
    return `The ${refTypeLabel(expected).toLowerCase()} is ${refName(found)}, expected ${refName(expected)}.`;
  }
  return `${subjects[claim] ?? claim} is ${found}, expected ${expected}.`;
}

/** With its seconds since 1970 as instants. */
function withInstants(text: string): string {
  return text.replace(/\b\d{9,11}\b/g, (seconds) => exactTime(new Date(Number(seconds) * 1000)));
}

export const projectHelp: Record<ProviderType, string> = {
  gitlab: "As group/project. Its ID is looked up when you leave the field.",
  github: "As owner/repo. The IDs are looked up when you leave the field.",
};

/** Where a person finds the IDs. */
export const idHelp: Record<ProviderType, string> = {
  gitlab: "GitLab shows it on the project’s page, in the menu beside its name (“Copy project ID”).",
  github: "The numbers are id and owner.id in https://api.github.com/repos/owner/repo.",
};
