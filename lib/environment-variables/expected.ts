import { assertRevision, DomainError, type ExpectedRevisions } from "@/lib/errors";
import type { EnvironmentVariable } from "./environment-variable";

/** Throws `conflict` unless the variable is as expected: a revision, or null for none. Undefined accepts any state. */
export function requireUnchanged(
  name: string,
  current: EnvironmentVariable | undefined,
  expected: string | null | undefined,
): void {
  if (expected === undefined || expected === (current?.revision ?? null)) return;
  if (!current) throw new DomainError("conflict", `${name} was removed in the meantime, so your change was not made.`);
  if (expected !== null) {
    const message = `${name} was changed in the meantime by ${current.updatedBy.name}, so your change was not made.`;
    throw new DomainError("conflict", message);
  }
  const message = `There is an environment variable ${name} already, set by ${current.updatedBy.name}. Replace it instead.`;
  throw new DomainError("conflict", message, { errors: [{ field: "name", message }] });
}

/** HTTP's If-Match: the variable must exist and, if revisions are given, have one of them. */
export type IfMatch = { revisions: ExpectedRevisions };

/** Throws `precondition_failed`. */
export function requireMatch(
  name: string,
  current: EnvironmentVariable | undefined,
  ifMatch: IfMatch | undefined,
): void {
  if (!ifMatch) return;
  if (!current) {
    throw new DomainError("precondition_failed", `There is no environment variable ${name}, or no longer.`);
  }
  assertRevision(`the environment variable ${name}`, current, ifMatch.revisions);
}
