import { type Placeholder, type SQL, sql } from "drizzle-orm";
import { accessTokens } from "@/db/schema";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { foldName } from "@/lib/names";

export const sorts = [
  "name",
  "-name",
  "created_at",
  "-created_at",
  "last_used_at",
  "-last_used_at",
  "expires_at",
  "-expires_at",
] as const;
export type Sort = (typeof sorts)[number];

/** A sort's expression, exactly as in its index, and how a cursor encodes and decodes its value. */
type SortKey = {
  expression: SQL;
  valueOf: (token: AccessToken) => string;
  fromText: (value: string | Placeholder) => SQL;
};

const instant = (value: string | Placeholder) => sql`${value}::timestamptz`;

const byName: SortKey = {
  expression: sql`${accessTokens.nameKey}`,
  valueOf: (token) => foldName(token.name),
  fromText: (value) => sql`${value} collate "C"`,
};
const byCreated: SortKey = {
  expression: sql`${accessTokens.createdAt}`,
  valueOf: (token) => token.createdAt.toISOString(),
  fromText: instant,
};
const byExpires: SortKey = {
  expression: sql`${accessTokens.expiresAt}`,
  valueOf: (token) => token.expiresAt.toISOString(),
  fromText: instant,
};
/** A token that was never used sorts as used longest ago. */
export const lastUse: SQL = sql`coalesce(${accessTokens.lastUsedAt}, '-infinity')`;
const byLastUsed: SortKey = {
  expression: lastUse,
  valueOf: (token) => token.lastUsedAt?.toISOString() ?? "-infinity",
  fromText: instant,
};

export const sortKeys: Record<Sort, SortKey> = {
  name: byName,
  "-name": byName,
  created_at: byCreated,
  "-created_at": byCreated,
  last_used_at: byLastUsed,
  "-last_used_at": byLastUsed,
  expires_at: byExpires,
  "-expires_at": byExpires,
};

export function isDescending(sort: Sort): boolean {
  return sort.startsWith("-");
}
