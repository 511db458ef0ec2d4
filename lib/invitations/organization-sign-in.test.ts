import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema";
import { hashPassword } from "@/lib/sign-in/password";
import { invite } from "@/testing/invitations";
import { createTenant } from "@/testing/tenant";
import { acceptInvitation } from "./accept";
import { findInvitation } from "./queries";

// Settings are read at first use.
Object.assign(process.env, {
  OIDC_ISSUER: "https://login.example.com",
  OIDC_CLIENT_ID: "vehaas",
  OIDC_CLIENT_SECRET: "a client's secret",
});

const password = "correct horse battery staple";
const hashOf = async (email: string) =>
  (await db.select({ hash: users.passwordHash }).from(users).where(eq(users.email, email)))[0]?.hash;

test("nobody chooses a password with an identity provider, even if some have one", async () => {
  const tenant = await createTenant();
  const passwordHash = await hashPassword(password);
  await db.update(users).set({ passwordHash }).where(eq(users.id, tenant.organizationAdmin.userId));
  const { email, secret } = await invite(tenant);
  expect((await findInvitation(secret)).newAccount).toEqual({ password: "none" });
  await acceptInvitation(secret, undefined, { name: "Ada", password });
  expect(await hashOf(email)).toBeNull();
});
