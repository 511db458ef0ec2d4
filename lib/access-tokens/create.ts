import { randomInt } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import type { Role } from "@/db/enums";
import { newId } from "@/db/ids";
import { prepared } from "@/db/prepared";
import { revisionOf } from "@/db/revision";
import { accessTokenSecrets, accessTokens, memberships, users } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import type { Rights } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { foldName, nameTaken, searchKeyOf, tokenDescription, tokenName } from "@/lib/names";
import { boundsOf } from "@/lib/policies/policy";
import { policyRows, storedPolicies } from "@/lib/policies/read";
import { type AccessToken, selectAccessTokens } from "./access-token";
import { assertExpiration, dateOf, type Expiration, expiration } from "./expiration";
import { claim } from "./idempotency";
import { assertAdminRole, assertLifetime } from "./policy";
import { generateSecret, hashSecret } from "./secret";

export const createAccessTokenInput = z.strictObject({
  name: tokenName,
  description: tokenDescription.default(""),
  expiresAt: expiration,
  admin: z.boolean().default(false),
});

export type CreateAccessTokenInput = { name: string; description?: string; expiresAt: Expiration; admin: boolean };
/** `secret` is null if the idempotency key created this token before: it can't be shown again. */
export type CreatedAccessToken = { token: AccessToken; secret: string | null };

/**
 * Creates a token with its technical user and that user's membership. Returns the secret, which is readable only now. A
 * repeated `idempotencyKey` of the same person creates nothing and returns the first token without its secret. Throws
 * `invalid` on expiresAt, `policy` on expiresAt or admin, `name_taken` on name, `conflict` if the key's token was deleted
 * since.
 */
export function createAccessToken(
  actor: Actor,
  scope: Scope,
  input: CreateAccessTokenInput,
  idempotencyKey?: string,
): Promise<CreatedAccessToken> {
  return mutate<CreatedAccessToken>(actor, scope, "access-tokens:create", async (tx, access) => {
    const id = newId("tok");
    const earlier =
      idempotencyKey && (await claim(tx, actor, access, { key: idempotencyKey, request: { scope, input }, id }));
    if (earlier) return { result: { token: await readBack(tx, earlier.accessTokenId), secret: null } };

    assertExpiration(input.expiresAt, access.now, settings().TOKEN_MAX_LIFETIME_DAYS);
    const role = roleFor(scope, input.admin);
    const secret = generateSecret(scope.kind);
    const username = usernameFor(input.name);
    const expiresAt = dateOf(input.expiresAt).toISOString();
    const token = await insert(tx, actor, scope, access, { ...input, id, role, secret, username });
    return {
      result: { token, secret },
      event: {
        action: "access_token.created",
        subject: { id, name: input.name },
        detail: {
          ...(input.description && { description: input.description }),
          role,
          technical_user: username,
          expires_at: expiresAt,
        },
      },
    };
  });
}

type NewToken = CreateAccessTokenInput & { id: string; role: Role; secret: string; username: string };

async function insert(tx: Tx, actor: Actor, scope: Scope, access: Rights, token: NewToken): Promise<AccessToken> {
  const owner = { organizationId: access.organization.id, groupId: access.group?.id ?? null };
  const user = { id: newId("usr"), username: token.username };
  const { id, name, description = "" } = token;
  const shown = { id, ...owner, name, description, tokenSuffix: token.secret.slice(-4) };
  const [inserted] = await prepared(tx, "create_access_token", () => insertion(tx)).execute({
    ...shown,
    role: token.role,
    isAdmin: token.admin,
    userId: user.id,
    username: user.username,
    membershipId: newId("mem"),
    nameKey: foldName(token.name),
    searchKey: searchKeyOf(token.name, user.username),
    secretHash: hashSecret(token.secret),
    createdById: actor.userId,
    expiresAt: dateOf(token.expiresAt),
  });
  if (!inserted) throw nameTaken(token.name, scope);
  const { policies, ...times } = inserted;
  const bounds = boundsOf(storedPolicies(policies));
  // After the insertion, which is undone then: its statement reads the policies, so they cost no round trip.
  assertLifetime(token.expiresAt, access.now, bounds);
  assertAdminRole(token.admin, bounds);
  return {
    ...shown,
    ...times,
    status: "active",
    role: token.role,
    technicalUser: user,
    createdBy: { id: actor.userId, name: actor.name },
    retiringSecret: null,
    lastUsedAt: null,
    revokedAt: null,
    leakedAt: null,
  };
}

/** Technical user, membership, token and secret in one statement, since round trips dominate the cost of a creation. */
function insertion(tx: Tx) {
  const { placeholder } = sql;
  const owner = { organizationId: placeholder("organizationId"), groupId: placeholder("groupId") };
  const technicalUser = tx.$with("technical_user").as(
    tx
      .insert(users)
      .values({
        id: placeholder("userId"),
        name: placeholder("username"),
        kind: "technical",
        organizationId: owner.organizationId,
      })
      .returning({ id: users.id }),
  );
  const membership = tx.$with("membership").as(
    tx
      .insert(memberships)
      .values({
        id: placeholder("membershipId"),
        ...owner,
        userId: placeholder("userId"),
        kind: "technical",
        role: placeholder("role"),
      })
      .returning({ id: memberships.id }),
  );
  const token = tx.$with("token").as(
    tx
      .insert(accessTokens)
      .values({
        id: placeholder("id"),
        ...owner,
        name: placeholder("name"),
        description: placeholder("description"),
        tokenSuffix: placeholder("tokenSuffix"),
        technicalUserId: placeholder("userId"),
        nameKey: placeholder("nameKey"),
        isAdmin: placeholder("isAdmin"),
        searchKey: placeholder("searchKey"),
        createdById: placeholder("createdById"),
        expiresAt: placeholder("expiresAt"),
      })
      .onConflictDoNothing({ target: [accessTokens.ownerId, accessTokens.nameKey] })
      .returning(),
  );
  const secret = tx.$with("secret").as(
    tx
      .insert(accessTokenSecrets)
      // Drizzle takes every column, in their order. Without the token, nothing is inserted.
      .select(
        sql`select ${placeholder("secretHash")}::bytea, organization_id, id, token_suffix, null::bytea, created_by_id,
          created_at, null::timestamptz, null::timestamptz, null::timestamptz, null::text, null::text, null::jsonb, false
          from token`,
      )
      .returning({ hash: accessTokenSecrets.hash }),
  );
  const { createdAt, expiresAt } = token;
  return tx
    .with(technicalUser, membership, token, secret)
    .select({ createdAt, expiresAt, revision: revisionOf(token), policies: policyRows(owner) })
    .from(token);
}

function roleFor(scope: Scope, admin: boolean): Role {
  if (scope.kind === "group") return admin ? "group_admin" : "group_user";
  return admin ? "organization_admin" : "organization_user";
}

/** A username unique within the organization: the usable part of the token's name, and eight random characters. */
function usernameFor(name: string): string {
  const readable = foldName(name)
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 24)
    .replace(/-+$/, "");
  const characters = "abcdefghjkmnpqrstvwxyz0123456789";
  const random = Array.from({ length: 8 }, () => characters.charAt(randomInt(characters.length))).join("");
  return `${readable || "token"}-${random}`;
}

async function readBack(tx: Tx, id: string): Promise<AccessToken> {
  const [token] = await selectAccessTokens(tx).where(eq(accessTokens.id, id));
  if (!token) throw new DomainError("conflict", "This access token was created before, and has been deleted since.");
  return token;
}
