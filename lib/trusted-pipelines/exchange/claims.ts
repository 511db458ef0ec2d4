import type { JWTPayload } from "jose";
import type { ProviderType } from "@/db/enums";
import type { StoredJob, trustedPipelines } from "@/db/schema";
import { visibleText } from "@/lib/names";

/** The part of a trust that decides whether a job is meant, and for how long. */
export type Trust = Omit<typeof trustedPipelines.$inferSelect, "createdById" | "createdAt" | "lastUsedAt">;

/** The claims of both providers, which all are texts. */
type Names = {
  project: string;
  projectId: string;
  /** The fully qualified ref. */
  ref: string;
  event: string;
  mergeRequestEvents: readonly string[];
  job: string;
  pipeline: string;
  user: string;
};

export const claimNames: Record<ProviderType, Names> = {
  gitlab: {
    project: "project_path",
    projectId: "project_id",
    ref: "ref_path",
    event: "pipeline_source",
    mergeRequestEvents: ["merge_request_event", "external_pull_request_event"],
    job: "job_id",
    pipeline: "pipeline_id",
    user: "user_login",
  },
  github: {
    project: "repository",
    projectId: "repository_id",
    ref: "ref",
    event: "event_name",
    mergeRequestEvents: ["pull_request", "pull_request_target"],
    job: "check_run_id",
    pipeline: "run_id",
    user: "actor",
  },
};

const mostCharacters = 200;

export function shown(text: string): string {
  return visibleText(text, mostCharacters);
}

/** A claim as people see it; null if there is none. */
export function shownClaim(value: unknown): string | null {
  if (value === undefined) return null;
  return shown(typeof value === "string" ? value : JSON.stringify(value));
}

/** The claim, if it is a text. */
export function textOf(claims: JWTPayload, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** What the ID token says of its job, cleaned. */
export function jobOf(providerType: ProviderType, claims: JWTPayload): StoredJob {
  const names = claimNames[providerType];
  const read = (name: string) => shown(textOf(claims, name) ?? "");
  const optional = { environment: "environment", job: names.job, pipeline: names.pipeline, user: names.user };
  return {
    project: read(names.project),
    ref: read(names.ref) || read("ref"),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([field, name]) => (read(name) === "" ? [] : [[field, read(name)]])),
    ),
  };
}

export function isMergeRequest(providerType: ProviderType, claims: JWTPayload): boolean {
  const { event, mergeRequestEvents } = claimNames[providerType];
  return mergeRequestEvents.includes(textOf(claims, event) ?? "");
}

/**
 * The branch or tag that a trust's ref is compared with. A pull request's ref is none: its base is meant, for a GitHub
 * job; at GitLab `ref` is the source branch, and the claims don't have the target.
 */
export function comparedRef({ providerType }: Pick<Trust, "providerType">, claims: JWTPayload): ComparedRef {
  const ref = textOf(claims, "ref") ?? "";
  if (providerType === "gitlab") {
    return { claim: "ref", ref: `${textOf(claims, "ref_type") === "tag" ? "refs/tags/" : "refs/heads/"}${ref}` };
  }
  if (!isOfMergeRequest(ref)) return { claim: "ref", ref };
  return { claim: "base_ref", ref: `refs/heads/${textOf(claims, "base_ref") ?? ""}` };
}

type ComparedRef = { claim: string; ref: string };

/** Refs that providers make for merge and pull requests. */
export function isOfMergeRequest(ref: string): boolean {
  return /^refs\/(?:merge-requests|pull)\//.test(ref);
}

type Fields = Pick<
  Trust,
  | "providerType"
  | "providerUrl"
  | "projectId"
  | "ownerId"
  | "project"
  | "ref"
  | "environment"
  | "protectedOnly"
  | "mergeRequests"
>;

/**
 * The fields of a trust that would allow the job. Null if a claim for it is missing, or could not be shown to a person
 * as it is.
 */
export function allowing({ providerType, providerUrl }: Trust, claims: JWTPayload): Fields | null {
  const names = claimNames[providerType];
  const projectId = textOf(claims, names.projectId);
  const ownerId = providerType === "github" ? textOf(claims, "repository_owner_id") : null;
  const project = textOf(claims, names.project);
  const { ref } = comparedRef({ providerType }, claims);
  const environment = textOf(claims, "environment") ?? null;
  if (!projectId || ownerId === undefined || !project || !/^refs\/(?:heads|tags)\/[^*]+$/.test(ref)) return null;
  const texts = [projectId, ownerId, project, ref, environment];
  if (texts.some((text) => text !== null && shown(text) !== text)) return null;
  return {
    providerType,
    providerUrl,
    projectId,
    ownerId,
    project,
    ref,
    environment,
    protectedOnly: providerType === "gitlab" && textOf(claims, "ref_protected") === "true",
    mergeRequests: isMergeRequest(providerType, claims) || isOfMergeRequest(textOf(claims, names.ref) ?? ""),
  };
}
