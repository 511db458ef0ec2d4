import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { TechnicalUser } from "@/lib/auth/actor";
import { valuesOf } from "@/lib/environment-variables/values";
import { recordReading } from "./record-reading";

/** The environment variables of the token that asks, by name. The audit log knows of it before the caller does. */
export async function readSessionContext(actor: TechnicalUser, token: AccessToken): Promise<Record<string, string>> {
  await recordReading(actor, token);
  // fromEntries: a variable may be called __proto__.
  return Object.fromEntries([...(await valuesOf(token))].sort(byName));
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
