import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import pino from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { runners } from "@/db/schema";
import { log } from "@/lib/log";
import { registerSessionRunner } from "@/lib/runners/register";
import { createToken } from "@/testing/access-tokens";
import { filesWith, writtenFiles } from "@/testing/database/database-files";
import { everyRow } from "@/testing/database/database-owner";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { type Credential, gitlabCredentials } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";
import { addAccess, addAccessInput } from "./add";
import { checkAgain, replaceToken } from "./change";

// Random, so that no other test's files match, and with a marker to search for.
const secret = (kind: string) => `glpat-${kind}-${randomBytes(12).toString("hex")}`;
const [added, replacement, refused, expired] = [secret("added"), secret("new"), secret("read"), secret("expired")];
const marker = `marker-${randomBytes(12).toString("hex")}`;
const lines: string[] = [];
const runnerTokens: string[] = [];
let gitlab: Awaited<ReturnType<typeof startGitlab>>;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  log.level = "trace";
  Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  gitlab = await startGitlab();
  makeCredential(added, {});
  makeCredential(replacement, {});
  makeCredential(refused, { scopes: ["read_api"] });
  makeCredential(expired, { rejected: "Token is expired." });
  await useAll();
});
afterAll(() => gitlab.close());

function makeCredential(token: string, differs: Partial<Credential>): void {
  const [good] = gitlabCredentials;
  if (good) gitlabCredentials.push({ ...good, ...differs, token });
}

/** Logs a command's unexpected error as an adapter would. */
async function logged<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (err) {
    log.error({ err }, "refused");
    return undefined;
  }
}

/** Runs everything that handles a credential or a runner's token, including failures. */
async function useAll(): Promise<void> {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const add = (credential: string) => {
    const input = { providerType: "gitlab", providerUrl: gitlab.url, token: credential };
    const target = { tokenScope: "project", targetId: "123" };
    return addAccess(group.admin, group.scope, token.id, addAccessInput.parse({ ...input, ...target }));
  };
  for (const credential of [refused, expired]) await logged(add(credential));
  const { id } = await add(added);
  await logged(add(added));
  const replace = (credential: string) =>
    replaceToken(group.admin, group.scope, token.id, id, { token: credential, acceptPersonalToken: false });
  for (const credential of [refused, expired, replacement]) await logged(replace(credential));
  const register = () => registerSessionRunner(token.actor, { providerUrl: gitlab.url, tags: [marker] });
  for (const runner of [await register(), await register()]) runnerTokens.push(runner.runnerToken);
  for (const fault of ["error", "html", "answer_lost"] as const) {
    gitlab.failWith(fault);
    await checkAgain(group.admin, group.scope, token.id, id);
    await logged(register());
    await db.update(runners).set({ state: "unregistering", nextAttemptAt: sql`now() - interval '1 second'` });
    await unregisterDueRunners();
  }
  const stray = {
    sealedRunnerToken: Buffer.from("what no key opens"),
    nextAttemptAt: sql`now() - interval '1 second'`,
  };
  await db.update(runners).set(stray).where(eq(runners.remoteId, "9171"));
  await unregisterDueRunners();
}

const secrets = () => [added, replacement, refused, expired, ...runnerTokens];

test("no table contains a credential or a runner's token", async () => {
  const rows = JSON.stringify(await everyRow());
  expect(rows).toContain(marker);
  expect(runnerTokens).toHaveLength(2);
  for (const one of secrets()) expect(rows).not.toContain(one);
});

test("no log line contains one, at any level", () => {
  const written = lines.join("");
  expect(written).toContain("refused");
  expect(written).toContain("a runner could not be unregistered");
  for (const one of secrets()) expect(written).not.toContain(one);
});

test("no file of PostgreSQL contains one", async ({ skip }) => {
  const folder = await writtenFiles();
  if (!folder) return skip("the server's folder can't be read by this user");
  expect(await filesWith([marker], folder)).not.toEqual([]);
  expect(await filesWith(secrets(), folder)).toEqual([]);
});
