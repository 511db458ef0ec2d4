import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { accounts, users } from "@/db/schema";
import type { Person } from "@/lib/auth/actor";
import { settings } from "@/lib/env";
import { notFound } from "@/lib/errors";
import { oneSpelling } from "./identity";
import { areLocalPasswordsOn } from "./local-passwords";

/** How the person may sign in: by password, and by the linked account at the configured identity provider. */
export type Account = { name: string; email: string; hasPassword: boolean; isLinked: boolean };

export async function getAccount(actor: Person): Promise<Account> {
  const issuer = settings().OIDC_ISSUER;
  const ofIssuer = and(eq(accounts.userId, users.id), eq(accounts.issuer, issuer ? oneSpelling(issuer) : ""));
  const [found] = await db
    .select({ name: users.name, email: users.email, passwordHash: users.passwordHash, subject: accounts.subject })
    .from(users)
    .leftJoin(accounts, ofIssuer)
    .where(and(eq(users.id, actor.userId), eq(users.kind, "person")));
  if (!found) throw notFound("This account");
  const hasPassword = areLocalPasswordsOn() && found.passwordHash !== null;
  return { name: found.name, email: found.email ?? "", hasPassword, isLinked: found.subject !== null };
}
