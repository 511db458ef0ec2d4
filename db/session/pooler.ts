import { SettingsError } from "@/lib/env";
import { type Address, openSession } from "./open-session";
import { processOf, type SessionClient } from "./session";

/**
 * Throws a SettingsError for a pooler in transaction mode, such as PgBouncer's: sessions would get the settings and
 * prepared statements of others. A pooler in session mode is fine.
 */
export async function requireOwnSession(address: Address): Promise<void> {
  const first = await openSession(address);
  try {
    if (processOf(first) === (await askProcess(first))) return;
    const second = await openSession(address);
    try {
      await requireOwnProcesses(first, second, address);
    } finally {
      await second.end();
    }
  } finally {
    await first.end();
  }
}

/** Queries in an order that round-robin pooling can't match. */
async function requireOwnProcesses(first: SessionClient, second: SessionClient, { setting }: Address): Promise<void> {
  const seen = new Map<SessionClient, Set<number>>([
    [first, new Set()],
    [second, new Set()],
  ]);
  for (const client of [first, second, second, first, first, first, second]) {
    seen.get(client)?.add(await askProcess(client));
  }
  const processes = [...seen.values()].flatMap((ofOne) => [...ofOne]);
  if (processes.length === 2 && new Set(processes).size === 2) return;
  throw new SettingsError([
    `${setting} leads to a pooler in transaction mode, with which this service does not work: set pool_mode to session.`,
  ]);
}

async function askProcess(client: SessionClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}
