// Imported once the environment has the settings, since these modules read it.

import { processWide } from "@/lib/process/process-wide";
import { findOrLinkPerson } from "@/lib/sign-in/identity";
import { createToken } from "@/testing/access-tokens";
import { createTenant } from "@/testing/tenant";

export type Token = { id: string; secret: string };
/** A caller of its own, and the access token whose variable it changes. */
type Writer = { caller: Token; target: Token };
export type Seeded = { groupId: string; personId: string; writers: Writer[]; kept: Token[] };

/** A group whose admin calls the API with JWTs of the issuer, with tokens that write, and others that stay good. */
export async function seed(issuer: string, amount: { writers: number; kept: number }): Promise<Seeded> {
  const { group } = await createTenant();
  const { userId: subject, email } = group.admin;
  await findOrLinkPerson({ issuer, subject, email, emailVerified: true });
  const create = (admin = false) => createToken(group.admin, group.scope, { admin });
  const writers: Writer[] = [];
  for (let made = 0; made < amount.writers; made++)
    writers.push({ caller: await create(true), target: await create() });
  const kept: Token[] = [];
  for (let made = 0; made < amount.kept; made++) kept.push(await create());
  await processWide.pool?.end();
  return { groupId: group.id, personId: subject, writers, kept };
}
