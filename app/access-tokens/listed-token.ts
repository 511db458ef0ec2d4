import type { AccessToken } from "@/lib/access-tokens/access-token";

type Shown = "id" | "name" | "tokenSuffix" | "status" | "role" | "createdAt" | "expiresAt" | "lastUsedAt";

/** What a row of the list shows. Flat, and no more than that: each value goes over the wire beside the HTML. */
export type ListedToken = Pick<AccessToken, Shown> & { username: string };

export function listedToken(token: AccessToken): ListedToken {
  const { id, name, tokenSuffix, status, role, createdAt, expiresAt, lastUsedAt, technicalUser } = token;
  return { id, name, tokenSuffix, status, role, createdAt, expiresAt, lastUsedAt, username: technicalUser.username };
}
