import { isNotNull } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { users } from "@/db/schema";

const withPassword = () => db.$count(users, isNotNull(users.passwordHash));

async function prepare(localPasswords: string) {
  vi.stubEnv("LOCAL_PASSWORDS", localPasswords);
  vi.resetModules();
  const { prepareDemo } = await import("./demo");
  return prepareDemo("a password for the demo");
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test("the demo accounts have a password only if people may sign in with one", async () => {
  const emails = ["group.admin", "group.user", "org.admin", "other.admin"].map((name) => `${name}@example.com`);
  expect(await prepare("off")).toEqual({ emails, password: undefined });
  expect(await withPassword()).toBe(0);
  expect(await prepare("on")).toEqual({ emails, password: "a password for the demo" });
  expect(await withPassword()).toBe(4);
  expect(await prepare("off")).toEqual({ emails, password: undefined });
  expect(await withPassword()).toBe(0);
});
