import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import pino from "pino";
import { beforeAll, expect, test } from "vitest";
import { db } from "@/db/client";
import { environments } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { log } from "@/lib/log";
import { readSessionContext } from "@/lib/session-context/context";
import { toDotenv } from "@/lib/session-context/formats";
import { createToken } from "@/testing/access-tokens";
import { filesWith, writtenFiles } from "@/testing/database/database-files";
import { everyRow, withBrokenAuditLog } from "@/testing/database/database-owner";
import { createTenant } from "@/testing/tenant";
import { removeVariable, setVariable } from "./change";
import { applyDotenv, planDotenv } from "./dotenv-import";
import { listVariables } from "./queries";

// Random, so that no other test's files match, and in no format that redaction recognizes.
const random = (kind: string) => `${kind} ${randomBytes(12).toString("hex")}`;
const kinds = ["set", "replacement", "refused", "failed", "pasted", "misread", "awkward"] as const;
const values = Object.fromEntries(kinds.map((kind) => [kind, random(kind)]));
const value = (kind: (typeof kinds)[number]) => values[kind] ?? "";
const marker = `MARKER_${randomBytes(12).toString("hex")}`;
const lines: string[] = [];

beforeAll(async () => {
  log.level = "trace";
  Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  await useAll();
});

/** Logs a command's unexpected error as an adapter would. */
async function logged(work: () => unknown): Promise<void> {
  try {
    log.info({ result: await work() }, "done");
  } catch (err) {
    log.error({ err }, "refused");
  }
}

type Bound = [actor: Actor, tokenId: string];

/** Runs everything that handles a value, including failures. */
async function useAll(): Promise<void> {
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const bound: Bound = [group.admin, token.id];
  const set = (name: string, text: string, expected?: string | null) =>
    logged(() => setVariable(...bound, { name, value: text, expected }));
  await set(marker, value("set"));
  await set(marker, value("replacement"));
  await set(marker, value("refused"), null);
  await set("PATH", value("refused"));
  for (const wrong of ["\0", "\ud800", "x".repeat(48 * 1024)]) await set("WRONG", value("refused") + wrong);
  await logged(() => setVariable(group.user, token.id, { name: "WRONG", value: value("refused") }));
  await withBrokenAuditLog(() => set("FAILED", value("failed")));
  await paste(bound);
  await set("AWKWARD", `${value("awkward")}'"\`\r\n\\`);
  const read = () => logged(async () => void toDotenv(await readSessionContext(token.actor, token)));
  await withBrokenAuditLog(read);
  await read();
  await logged(() => removeVariable(...bound, { name: marker, expected: "another" }));
  await logged(() => listVariables(...bound));
  await spoil(token.id);
  await read();
  await set("LATER", value("failed"));
}

async function paste(bound: Bound): Promise<void> {
  const text = `PASTED="${value("pasted")}"\nPATH=${value("misread")}\n${value("misread")}\n`;
  await logged(() => planDotenv(...bound, text));
  const apply = (expected: Record<string, string | null>, leaveOutRefused: boolean) =>
    logged(() => applyDotenv(...bound, { text, expected, leaveOutRefused }));
  await apply({ PASTED: null }, false);
  await apply({ PASTED: "another" }, true);
  await withBrokenAuditLog(() => apply({ PASTED: null }, true));
  await apply({ PASTED: null }, true);
}

/** Changes the last byte of the sealed values, so that they can't be unsealed. */
async function spoil(tokenId: string): Promise<void> {
  const where = eq(environments.accessTokenId, tokenId);
  const [row] = await db.select().from(environments).where(where);
  const sealedValues = Buffer.from(row?.sealedValues ?? []);
  sealedValues[sealedValues.length - 1] = (sealedValues.at(-1) ?? 0) ^ 1;
  await db.update(environments).set({ sealedValues }).where(where);
}

const everyValue = () => Object.values(values);

test("no table contains a value as text or bytes", async () => {
  const rows = JSON.stringify(await everyRow());
  for (const name of [marker, "PASTED", "AWKWARD"]) expect(rows).toContain(name);
  for (const one of everyValue()) {
    expect(rows).not.toContain(one);
    expect(rows).not.toContain(Buffer.from(one).toString("hex"));
  }
});

test("no log line contains one, at any level", () => {
  const written = lines.join("");
  for (const text of ["done", "refused", marker, "AWKWARD", "was changed in the meantime", "broken", "SealError"]) {
    expect(written).toContain(text);
  }
  for (const one of everyValue()) expect(written).not.toContain(one);
});

test("no file of PostgreSQL contains one", async ({ skip }) => {
  const folder = await writtenFiles();
  if (!folder) return skip("the server's folder can't be read by this user");
  expect(await filesWith([marker], folder)).not.toEqual([]);
  expect(await filesWith(everyValue(), folder)).toEqual([]);
});
