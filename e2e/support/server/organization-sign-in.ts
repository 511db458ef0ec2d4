import { randomBytes } from "node:crypto";
import { test as base } from "@/e2e/support/test";
import { findOrLinkPerson } from "@/lib/sign-in/identity";
import { newEmail } from "@/testing/invitations";
import { startIdentityProvider } from "@/testing/stand-ins/identity-provider";
import { createTenant, type Tenant } from "@/testing/tenant";
import { startServer, type TestServer } from "./server";

type OrganizationSignIn = {
  server: TestServer;
  known: Tenant;
  /** The e-mail address of an account without a person in veHaaS. */
  newcomer: string;
  stop: () => Promise<void>;
};

/** The pages come from a server with an identity provider, one per worker. */
export const test = base.extend<object, { organization: OrganizationSignIn }>({
  organization: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
    async ({}, use) => {
      const organization = await startOrganizationSignIn();
      await use(organization);
      await organization.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ organization }, use) => use(organization.server.url),
});

/** A second server on the run's database, with an identity provider whose accounts include one of the tenant's people. */
async function startOrganizationSignIn(): Promise<OrganizationSignIn> {
  const tenant = await createTenant();
  const { group, organizationAdmin } = tenant;
  const newcomer = newEmail();
  const provider = await startIdentityProvider([
    { sub: "known", email: group.admin.email.toUpperCase(), email_verified: true },
    { sub: "unverified", email: group.user.email, email_verified: false },
    { sub: "unreadable", email: group.user.email, email_verified: 0 },
    { sub: "unknown", email: `nobody-${randomBytes(4).toString("hex")}@example.com`, email_verified: true },
    { sub: "second", email: organizationAdmin.email, email_verified: true },
    { sub: "newcomer", email: newcomer, email_verified: true },
    { sub: "nameless" },
  ]);
  const { issuer } = provider;
  await findOrLinkPerson({ issuer, subject: "first", email: organizationAdmin.email, emailVerified: true });
  const server = await startServer({
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
  });
  const stop = async () => {
    await server.stop();
    await provider.close();
  };
  return { server, known: tenant, newcomer, stop };
}
