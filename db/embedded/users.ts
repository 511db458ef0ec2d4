import { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { hasCode } from "./error";

export type Address = { port: number; password: string };

/** One of those who use the server; `leave` tells whether it was the last. */
export type User = { leave(): Promise<boolean> };

// Any number that nobody else takes for an advisory lock in the database postgres.
const lock = "7237123482330964112";

/** Joins those who use the server: each holds a shared advisory lock, which a killed process loses with its connection. */
export async function joinUsers(address: Address): Promise<User> {
  let left = false;
  let connection = await hold();

  async function hold() {
    const made = await connect(address);
    await made.client.query("select pg_advisory_lock_shared($1)", [lock]);
    made.client.once("end", () => void holdAgain());
    // An app that ends without leaving isn't kept from ending.
    made.socket.unref();
    return made;
  }

  // The server drops all connections when one of its processes is killed, and goes on.
  async function holdAgain() {
    while (!left) {
      await setTimeout(500, undefined, { ref: false });
      try {
        connection = await hold();
        return;
      } catch {}
    }
  }

  return {
    async leave() {
      left = true;
      connection.socket.ref();
      const isLast = await giveUp(connection.client);
      await connection.client.end();
      return isLast;
    },
  };
}

/** Whether joining failed because the server is about to stop, or to be ready. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, "57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET") || isCutOff(error);
}

// The driver gives this one no code.
function isCutOff(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Connection terminated");
}

// A connection that is gone holds nothing, and whether others hold something can't be asked: leave the server to them.
async function giveUp(client: Client): Promise<boolean> {
  try {
    await client.query("select pg_advisory_unlock_shared($1)", [lock]);
    const { rows } = await client.query("select pg_try_advisory_lock($1) as last", [lock]);
    return rows[0]?.last === true;
  } catch {
    return false;
  }
}

// Everything is given here, so that no PG… variable of the environment counts.
async function connect({ port, password }: Address) {
  const socket = new Socket();
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password,
    database: "postgres",
    ssl: false,
    options: "-c statement_timeout=0 -c idle_session_timeout=0",
    application_name: "keeps the embedded server running",
    stream: () => socket,
  });
  client.on("error", () => {});
  await client.connect();
  return { client, socket };
}
