import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { circlesIn, type Imports, importsOf, isTest, sourceFiles } from "./imports";

const files = sourceFiles();
const sources = files.filter((file) => !isTest(file));
const imports = importsOf(files);
const importsOfSources = importsOf(sources);

/** The room of a file of lib/: its folder, or the file itself directly in lib/. */
function roomOf(file: string): string {
  const folder = dirname(file);
  return folder === "lib" ? file : folder;
}

function roomsOf(edges: Imports): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [file, imported] of edges) {
    for (const other of imported) {
      const [from, to] = [roomOf(file), roomOf(other)];
      if (from === to || !from.startsWith("lib/") || !to.startsWith("lib/")) continue;
      rooms.set(from, (rooms.get(from) ?? new Set()).add(to));
    }
  }
  return rooms;
}

test("circlesIn finds a circle", () => {
  const edges = new Map([
    ["a", new Set(["b"])],
    ["b", new Set(["c"])],
    ["c", new Set(["b"])],
  ]);
  expect(circlesIn(edges)).toEqual([["b", "c"]]);
});

test("no files import each other in a circle", () => {
  expect(importsOfSources.size).toBeGreaterThan(300);
  expect(circlesIn(importsOfSources)).toEqual([]);
});

test("no folders of lib/ import each other in a circle", () => {
  const rooms = roomsOf(importsOfSources);
  expect(rooms.size).toBeGreaterThan(20);
  expect(circlesIn(rooms)).toEqual([]);
});

test("no source imports code for tests", () => {
  const importing = sources.filter((file) => [...(imports.get(file) ?? [])].some(isTest));
  expect(importing.filter((file) => !/^(bench|cluster)\//.test(file))).toEqual([]);
});

/** `app/unauthorized.tsx` shows an empty page: it is there only in place of Next's own. */
test("nothing calls Next's unauthorized()", () => {
  const callsIt = (text: string) => /\bunauthorized\b[^;]*from "next\/navigation/.test(text);
  expect(callsIt('import { notFound, unauthorized } from "next/navigation";')).toBe(true);
  expect(sources.filter((file) => callsIt(readFileSync(file, "utf8")))).toEqual([]);
});

const most = 15;
/** Folders that may have more files, with the reason. */
const larger: Record<string, string> = {
  api: "one file for each resource",
  "components/ui": "one file for each part that pages are made of",
  "e2e/support": "one file for each kind of page",
  scripts: "one file for each command, and what runs before anything is installed",
  bench: "one file for each figure, and the processes that it starts",
  "lib/version-control/providers/contracts": "generated",
};

test("no folder directly contains more than fifteen source files", () => {
  const beside = files.filter((file) => !/\.test\.ts$|\.spec\.ts$/.test(file));
  const counts = Object.entries(Object.groupBy(beside, (file) => dirname(file)));
  const full = counts.filter(([folder, { length } = []]) => length > most && !(folder in larger));
  expect(full.map(([folder, { length } = []]) => `${folder}: ${length}`)).toEqual([]);
});

const small = 20;
/** Small files with one importer, with the reason. */
const mayBeSmall: Record<string, string> = {
  "components/ui/menu-parts.ts": "loaded on its own when a menu is first opened",
  "server/background/check-credentials.ts": "one file for each kind of job",
  "server/background/forget-exchanges.ts": "one file for each kind of job",
  "server/background/forget-uses.ts": "one file for each kind of job",
  "server/background/revoke-unused.ts": "one file for each kind of job",
};

test("a small file has two importers or is a boundary", () => {
  const lines = (file: string) => readFileSync(file, "utf8").split("\n").length - 1;
  const checked = sources.filter((file) => lines(file) < small && !file.endsWith(".d.ts"));
  expect(checked.length).toBeGreaterThan(20);
  const without = checked.filter((file) => importersOf(file, sources).length < 2 && !isBoundary(file));
  expect(without.sort()).toEqual(Object.keys(mayBeSmall).sort());
});

function importersOf(file: string, among: string[]): string[] {
  return among.filter((other) => imports.get(other)?.has(file));
}

/** True for server and browser boundaries, entry points, and what an entry point uses and a test checks. */
function isBoundary(file: string): boolean {
  if (/^"use (client|server)"|^import "server-only"/m.test(readFileSync(file, "utf8"))) return true;
  const importers = importersOf(file, sources);
  const isTested = importersOf(file, files).length > importers.length;
  return isEntryPoint(file) || (importers.every(isEntryPoint) && isTested);
}

/** True for Next's route files, scripts and configuration: no file of ours imports them, not even a test. */
function isEntryPoint(file: string): boolean {
  return importersOf(file, files).length === 0;
}

/** Files besides queries and `mutate` that may import `db` or `pool` as a value, each with its reason. */
const mayUseTheDatabase: Record<string, string> = {
  "lib/access-tokens/authenticate.ts": "finds the token of a refused secret, to record it",
  "lib/access-tokens/find-by-secret.ts": "finds the token of a secret, before there is an actor",
  "lib/access-tokens/uses/write.ts": "writes the uses of many tokens at once, in the background",
  "lib/access-token-list/change-plan.ts": "part of the list's queries: what a change of many will do",
  "lib/access-token-list/list-page.ts": "part of the list's query",
  "lib/access-token-list/search.ts": "part of the list's query",
  "lib/access-tokens/secrets/first-use.ts": "begins the old secret's last hour as its replacement authenticates",
  "lib/access-tokens/secrets/retire.ts": "background: no actor",
  "lib/access-tokens/unused/revoke.ts": "background: no actor",
  "lib/audit-log/export.ts": "reads a log page by page, for minutes",
  "lib/audit-log/find.ts": "part of the log's queries",
  "lib/audit-log/names.ts": "part of the log's queries",
  "lib/audit-log/objects.ts": "part of the log's queries",
  "lib/audit-log/signature.ts": "part of the log's export",
  "lib/audit/authorize-command.ts": "authorizes ahead of a transaction",
  "lib/audit/chain/events.ts": "background and operator: no actor",
  "lib/audit/chain/overdue.ts": "background: no actor",
  "lib/audit/chain/seal.ts": "background: no actor",
  "lib/audit/chain/unsealed.ts": "operator's command: no actor",
  "lib/audit/chain/verify.ts": "operator's command: no actor",
  "lib/audit/failed-sign-in.ts": "finds the person who did not sign in",
  "lib/audit/refusals.ts": "records in the background what was refused, after the refused transaction has ended",
  "lib/database-deadline.ts": "bounds how long work may wait",
  "lib/environment-variables/dotenv-import.ts": "reads names for a preview",
  "lib/environment-variables/values.ts": "reads the values of the token that asks",
  "lib/groups/delete.ts": "counts what a group holds, for the question before it is deleted",
  "lib/health.ts": "asks whether the database answers",
  "lib/invitations/accept.ts": "a person who has no role yet",
  "lib/leaks/act.ts": "background: no actor",
  "lib/leaks/report.ts": "anybody may report: there is no actor",
  "lib/limits/database-limiter.ts": "counts for all instances",
  "lib/limits/places.ts": "counts for all instances",
  "lib/mutate.ts": "the door of every command",
  "lib/members/list.ts": "part of the queries of members",
  "lib/notifications/due-credentials.ts": "background: no actor",
  "lib/notifications/due-runners.ts": "background: no actor",
  "lib/notifications/due-tokens.ts": "background: no actor",
  "lib/notifications/forget.ts": "background: no actor",
  "lib/notifications/make-deliveries.ts": "background: no actor",
  "lib/notifications/send-email.ts": "background: no actor",
  "lib/organizations/found-organization.ts": "operator's command: there is no admin yet",
  "lib/release-runners.ts": "background: forgets runners that are gone",
  "lib/restore/check.ts": "operator's command: no actor",
  "lib/restore/members-left.ts": "operator's command: no actor",
  "lib/restore/settings-left.ts": "operator's command: no actor",
  "lib/restore/sign-ins-left.ts": "operator's command: no actor",
  "lib/restore/stored-secrets-left.ts": "operator's command: no actor",
  "lib/restore/tokens-left.ts": "operator's command: no actor",
  "lib/runners/record-asked.ts": "reads the access before the provider is asked",
  "lib/runners/record-registered.ts": "lets a runner go whose token has lost its role",
  "lib/runners/refused-registration.ts": "finds the owner of a refused registration",
  "lib/runners/register.ts": "takes a row back that the provider has refused",
  "lib/runners/unregister.ts": "background: no actor",
  "lib/session-context/record-reading.ts": "records a reading, which changes nothing",
  "lib/sign-in/account.ts": "a person's own account, in no scope",
  "lib/sign-in/change-password.ts": "a person's own account, in no scope",
  "lib/sign-in/identity.ts": "who signs in, before there is an actor",
  "lib/sign-in/local-accounts.ts": "who signs in, before there is an actor",
  "lib/sign-in/own-sessions.ts": "a person's own account, in no scope",
  "lib/sign-in/sessions.ts": "who is signed in, before there is an actor",
  "lib/sign-in/unlock.ts": "operator's command: no actor",
  "lib/trusted-pipelines/projects/find-project.ts": "asks a provider, outside of a transaction",
  "lib/version-control/add.ts": "reads before the provider is asked, outside of a transaction",
  "lib/version-control/check-due.ts": "background: no actor",
  "lib/version-control/change.ts": "reads before the provider is asked, outside of a transaction",
  "lib/version-control/stored-access.ts": "reads before the provider is asked, outside of a transaction",
  "lib/webhooks/deliver.ts": "background: no actor",
  "lib/trusted-pipelines/exchange/exchange.ts": "finds the token that an exchange names, before there is an actor",
  "lib/trusted-pipelines/exchange/forget.ts": "background: no actor",
  "lib/trusted-pipelines/exchange/issue.ts": "makes a secret for a job, which is no actor yet",
  "lib/trusted-pipelines/exchange/refuse.ts": "records what was refused, after the refused transaction has ended",
  "server/monitoring/database-counts.ts": "counts for the operator: no actor",
  "server/start/demo.ts": "fills an empty database",
  "server/start/service-login.ts": "asks at the start what the service's login may do",
  "server/start/demo-data.ts": "fills the demo's group",
};

/** Whether the text imports `db` or `pool` as a value, statically or dynamically. */
function usesDatabase(text: string): boolean {
  const imported = text.matchAll(/import\s+([^"]*?)\s+from "[^"]*\bdb\/client"|import\(\s*"[^"]*\bdb\/client"/g);
  return [...imported].some(
    ([, names]) => names === undefined || /^(?!type ).*(?<!type )(\bdb\b|\bpool\b|\*)/s.test(names),
  );
}

test.each([
  'import { db } from "@/db/client";',
  'import {\n  type Tx,\n  pool,\n} from "@/db/client";',
  'import { pool as connections } from "../db/client";',
  'import * as client from "@/db/client";',
  'const { pool } = await import("@/db/client");',
])("%s uses the database", (text) => {
  expect(usesDatabase(text)).toBe(true);
  expect(usesDatabase(text.replace("db/client", "db/schema"))).toBe(false);
});

test.each(['import type { db } from "@/db/client";', 'import { type db, type Tx } from "@/db/client";'])(
  "%s doesn't use the database",
  (text) => expect(usesDatabase(text)).toBe(false),
);

test("only queries, mutate and the files named here use the database", () => {
  const rooms = /^(lib|server|app|api|components)\//;
  const users = sources.filter((file) => rooms.test(file) && usesDatabase(readFileSync(file, "utf8")));
  const isQuery = (file: string) => /\/queries\.ts$/.test(file);
  expect(users.filter((file) => !isQuery(file)).sort()).toEqual(Object.keys(mayUseTheDatabase).sort());
});
