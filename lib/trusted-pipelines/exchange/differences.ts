import type { JWTPayload } from "jose";
import type { StoredDifference } from "@/db/schema";
import {
  claimNames,
  comparedRef,
  isMergeRequest,
  isOfMergeRequest,
  shown,
  shownClaim,
  type Trust,
  textOf,
} from "./claims";

type Condition = Pick<
  Trust,
  "providerType" | "projectId" | "ownerId" | "ref" | "environment" | "protectedOnly" | "mergeRequests"
>;

/** A claim, whether it fits, and what the trust asks for, in words. */
type Check = { claim: string; fits: boolean; expected: string };

/**
 * How the claims of a job differ from what the trust asks for; empty if the job is meant. Claims are compared only once
 * all that are needed are there, as texts. Paths and `sub` are never compared: both can belong to another project later.
 */
export function differences(trust: Condition, claims: JWTPayload): StoredDifference[] {
  const missing = neededClaims(trust, claims).filter((claim) => !textOf(claims, claim));
  if (missing.length > 0) return missing.map((claim) => difference(claim, "a text", claims));
  return checks(trust, claims)
    .filter(({ fits }) => !fits)
    .map(({ claim, expected }) => difference(claim, expected, claims));
}

/** The claim's value is as it came, even if it was compared in another spelling. */
export function difference(claim: string, expected: string, claims: JWTPayload): StoredDifference {
  return { claim, expected: shown(expected), found: shownClaim(claims[claim]) };
}

function neededClaims(trust: Condition, claims: JWTPayload): string[] {
  const { providerType, ref, environment, protectedOnly, mergeRequests } = trust;
  const { projectId, event, ref: fullRef } = claimNames[providerType];
  const isGithub = providerType === "github";
  const needed = [
    projectId,
    event,
    // Without it, a GitHub ID token could be exchanged twice.
    ...(isGithub ? ["repository_owner_id", "jti"] : []),
    ...(ref === null ? [] : ["ref", "ref_type", fullRef]),
    // Whether a job is a merge request's is told by this too.
    ...(mergeRequests ? [] : [fullRef]),
    ...(ref !== null && isGithub && isOfMergeRequest(textOf(claims, "ref") ?? "") ? ["base_ref"] : []),
    ...(protectedOnly ? ["ref_protected"] : []),
    ...(environment === null ? [] : ["environment"]),
  ];
  return [...new Set(needed)];
}

function checks(trust: Condition, claims: JWTPayload): Check[] {
  const { providerType, projectId, ownerId, environment, protectedOnly } = trust;
  const names = claimNames[providerType];
  const equals = (claim: string, expected: string) => ({ claim, fits: textOf(claims, claim) === expected, expected });
  return [
    equals(names.projectId, projectId),
    ...(ownerId === null ? [] : [equals("repository_owner_id", ownerId)]),
    ...refChecks(trust, claims),
    ...(protectedOnly ? [equals("ref_protected", "true")] : []),
    ...(environment === null ? [] : [equals("environment", environment)]),
    ...eventChecks(trust, claims),
  ];
}

function refChecks({ providerType, ref: pattern, mergeRequests }: Condition, claims: JWTPayload): Check[] {
  if (pattern === null) return [];
  const type = pattern.startsWith("refs/tags/") ? "tag" : "branch";
  const { claim, ref } = comparedRef({ providerType }, claims);
  const found = [
    { claim: "ref_type", fits: textOf(claims, "ref_type") === type, expected: type },
    {
      claim,
      fits: matches(pattern, ref),
      expected: claim === "base_ref" ? pattern.replace(/^refs\/heads\//, "") : pattern,
    },
  ];
  // A merge request's branch may have the name of any other branch: its full ref tells them apart.
  if (providerType === "gitlab") {
    const path = textOf(claims, "ref_path") ?? "";
    found.push({ claim: "ref_path", fits: path === ref || (mergeRequests && isOfMergeRequest(path)), expected: ref });
  }
  return found;
}

function eventChecks({ providerType, mergeRequests }: Condition, claims: JWTPayload): Check[] {
  if (mergeRequests) return [];
  const { event, ref } = claimNames[providerType];
  return [
    { claim: event, fits: !isMergeRequest(providerType, claims), expected: "no merge or pull request" },
    // Reviews and comments run on a request's ref too, by other events.
    { claim: ref, fits: !isOfMergeRequest(textOf(claims, ref) ?? ""), expected: "no merge or pull request" },
  ];
}

/** The pattern is exact, or has one `*` for any characters but `/`. */
export function matches(pattern: string, ref: string): boolean {
  const [before = "", after, ...more] = pattern.split("*");
  if (after === undefined) return ref === pattern;
  if (more.length > 0 || ref.length < before.length + after.length) return false;
  const between = ref.slice(before.length, ref.length - after.length);
  return ref.startsWith(before) && ref.endsWith(after) && !between.includes("/");
}
