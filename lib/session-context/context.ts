import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { TechnicalUser } from "@/lib/auth/actor";
import { valuesOf } from "@/lib/environment-variables/values";
import { unauthenticated } from "@/lib/errors";
import { recordReading } from "./record-reading";

/**
 * The environment variables of the token that asks, by name. The audit log knows of it before the caller does. Throws
 * `unauthenticated` where the token is gone, and `conflict` where the values don't open.
 */
export async function readSessionContext(actor: TechnicalUser, token: AccessToken): Promise<Record<string, string>> {
  await recordReading(actor, token);
  const values = await valuesOf(token, actor);
  // Deleted since it was let in.
  if (!values) throw unauthenticated();
  // fromEntries: a variable may be called __proto__.
  return Object.fromEntries([...values].sort(byName));
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
