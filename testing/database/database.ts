import { randomBytes } from "node:crypto";
import { Client } from "pg";

export const templateDatabase = "vehaas_template";

/** Creates a database on the server, by default an empty one, and returns its URL. */
export async function createDatabase(serverUrl: string, name: string, copyOf = "template1"): Promise<string> {
  await administer(serverUrl, `create database ${name} template ${copyOf}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await administer(serverUrl, `drop database if exists ${name} with (force)`);
}

export function newDatabaseName(): string {
  return `test_${randomBytes(8).toString("hex")}`;
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
