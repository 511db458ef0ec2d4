import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject, onTestFinished, vi } from "vitest";
import { processWide } from "@/lib/process/process-wide";
import { createDatabase, dropDatabase, newDatabaseName } from "./database";

export type Login = { name: string; url: string };

/** Creates an empty database, which is dropped at the end of the test. */
export async function emptyDatabase(): Promise<string> {
  const name = newDatabaseName();
  onTestFinished(() => dropDatabase(inject("serverUrl"), name));
  return createDatabase(inject("serverUrl"), name);
}

/** Creates a login with attributes of `create role`; returns the database's URL with it. */
export async function makeLogin(url: string, attributes = ""): Promise<Login> {
  const name = `login_${randomBytes(8).toString("hex")}`;
  const superuser = Object.assign(new URL(inject("serverUrl")), { pathname: new URL(url).pathname }).href;
  await query(superuser, `create role ${name} login password 'secret' ${attributes}`);
  onTestFinished(async () => {
    await query(superuser, `reassign owned by ${name} to current_user; drop owned by ${name}; drop role ${name}`);
  });
  return { name, url: Object.assign(new URL(url), { username: name, password: "secret" }).href };
}

/** An empty database and a login that owns it. */
export async function ownedDatabase(attributes = ""): Promise<Login & { superuser: string }> {
  const superuser = await emptyDatabase();
  const owner = await makeLogin(superuser, attributes);
  await query(superuser, `alter database ${new URL(superuser).pathname.slice(1)} owner to ${owner.name}`);
  return { ...owner, superuser };
}

export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A service's environment with these variables. The current pool ends, and modules are loaded anew. */
export async function environmentWith(addresses: Record<string, string>): Promise<Record<string, string>> {
  await endPool();
  vi.resetModules();
  for (const [name, value] of Object.entries(addresses)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    await endPool();
    vi.unstubAllEnvs();
  });
  return { AUTH_SECRET: "x".repeat(32), ENCRYPTION_KEYS: process.env.ENCRYPTION_KEYS ?? "", ...addresses };
}

/** A refused start may have ended the pool already. */
async function endPool(): Promise<void> {
  if (!processWide.pool?.ending) await processWide.pool?.end();
  processWide.pool = undefined;
}
