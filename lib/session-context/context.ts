import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { TechnicalUser } from "@/lib/auth/actor";
import { valuesOf } from "@/lib/environment-variables/values";
import { unauthenticated } from "@/lib/errors";
import { recordReading } from "./record-reading";

/**
 * The environment variables of the calling token, by name. The read is recorded in the audit log first. Throws
 * `unauthenticated` if the token was deleted, and `conflict` if the values can't be unsealed.
 */
export async function readSessionContext(actor: TechnicalUser, token: AccessToken): Promise<Record<string, string>> {
  await recordReading(actor, token);
  const values = await valuesOf(token, actor);
  // The token was deleted after authentication.
  if (!values) throw unauthenticated();
  // fromEntries, since a variable may be named __proto__.
  return Object.fromEntries([...values].sort(byName));
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
