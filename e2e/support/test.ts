import { test as base, expect } from "playwright/test";
import type { Person } from "@/lib/auth/actor";
import { createSession } from "@/lib/sign-in/sessions";
import { createTenant, type Tenant } from "@/testing/tenant";

type Fixtures = {
  /** A new organization with two groups and their people. */
  tenant: Tenant;
  /** Gives the browser a session of the person. */
  signInAs: (person: Person) => Promise<void>;
  /** The pages' console errors and exceptions. The test fails if there are any at its end. */
  complaints: string[];
};

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
  baseURL: async ({}, use) => use(process.env.E2E_URL),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
  tenant: async ({}, use) => use(await createTenant()),
  signInAs: async ({ context, baseURL }, use) => {
    await use(async ({ userId }) => {
      const value = await createSession(userId);
      await context.addCookies([{ name: "authjs.session-token", value, url: baseURL, httpOnly: true }]);
    });
  },
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on("weberror", (error) => complaints.push(String(error.error())));
      context.on("console", (message) => {
        // The browser logs an error for every 4xx and 5xx response, which tests may expect.
        const isStatus = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !isStatus) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
