import { eq } from "drizzle-orm";
import { z } from "zod";
import { db, type Executor, pool, type Tx } from "@/db/client";
import { bytesOf, textArray, textQuery } from "@/db/pool/text-query";
import { environments } from "@/db/schema";
import { openSealed } from "@/lib/audit/open-sealed";
import type { Actor } from "@/lib/auth/actor";
import { createBatches } from "@/lib/batches/batches";
import { type SealedAt, seal } from "@/lib/crypto/seal";

export type Values = Map<string, string>;

type Owner = { id: string; organizationId: string };

// Pairs, since zod drops `__proto__`, a valid name, from objects.
const stored = z.array(z.tuple([z.string(), z.string()]));
const none: Values = new Map();

/** For a change; the caller must hold the token's lock. Throws a SealError if the values can't be unsealed. */
export async function readValues(tx: Tx, actor: Actor, token: Owner): Promise<Values> {
  const [row] = await tx.select().from(environments).where(eq(environments.accessTokenId, token.id));
  return row ? open(tx, actor, token, row.sealedValues) : new Map();
}

/** Replaces all of the token's values. */
export async function writeValues(tx: Tx, token: Owner, values: Values): Promise<void> {
  const sealedValues = await seal(tx, placeOf(token), JSON.stringify([...values]));
  const row = { accessTokenId: token.id, organizationId: token.organizationId, sealedValues };
  await tx
    .insert(environments)
    .values(row)
    .onConflictDoUpdate({ target: environments.accessTokenId, set: { sealedValues } });
}

/** Values may have hundreds of kilobytes: fewer are read together than secrets are checked. */
const mostTogether = 20;

const query = {
  name: "read_environments",
  // As a subquery, so that the plan does not depend on the number of tokens.
  text: `select id, sealed_values from access_tokens left join environments on access_token_id = id
    where id = any ((select $1::text[])::text[])`,
};

/** The sealed values of tokens, null for a token without values. Planned once per connection, and run without Drizzle. */
const sealedValuesOf = createBatches(async (tokenIds) => {
  const { rows } = await pool.query<[id: string, sealed: string | null]>(textQuery(query, [textArray(tokenIds)]));
  return new Map(rows.map(([id, sealed]) => [id, sealed === null ? null : bytesOf(sealed)]));
}, mostTogether);

/**
 * For a session: one decryption, and one query, which requests at the same time share. Undefined if the token is gone.
 * Authorizes nothing.
 */
export async function valuesOf(token: Owner, asker: Actor): Promise<Values | undefined> {
  const sealed = await sealedValuesOf(token.id);
  return sealed ? open(db, asker, token, sealed) : sealed === null ? none : undefined;
}

async function open(executor: Executor, actor: Actor, token: Owner, sealed: Buffer): Promise<Values> {
  return new Map(stored.parse(JSON.parse(await openSealed(executor, placeOf(token), sealed, actor))));
}

function placeOf(token: Owner): SealedAt {
  return { organizationId: token.organizationId, table: "environments", column: "sealed_values", rowId: token.id };
}
