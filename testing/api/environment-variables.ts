import type { TestToken } from "@/testing/access-tokens";
import { type Answer, askAs } from "./ask";

export const sessionContext = "/api/v2.0/session-context";

export const variablesOf = (tokenId: string) => `/api/v2.0/access-tokens/${tokenId}/environment-variables`;

/** The path of a variable with any name. */
export const variableOf = (tokenId: string, name: string) => `${variablesOf(tokenId)}/${encodeURIComponent(name)}`;

/** Sets a variable of the calling token, which needs the admin role. */
export function setOwn(base: string, { id, secret }: TestToken, name: string, value: unknown): Promise<Answer> {
  return askAs(base, secret, "PUT", variableOf(id, name), { value });
}

/** The names and values that a session of the token starts with, in the API's order. */
export async function environmentOf(base: string, secret: string): Promise<[string, unknown][]> {
  const { status, body } = await askAs(base, secret, "GET", sessionContext);
  if (status !== 200) throw new Error(`the session context is answered with ${status}`);
  return Object.entries(body.environment ?? {});
}
