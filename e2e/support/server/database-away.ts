import { type DatabaseProxy, startDatabaseProxy } from "@/testing/database/database-proxy";
import { startServer, type TestServer } from "./server";

/** A server on the run's database behind a proxy that can interrupt the connection. */
export async function startServerBehindDoor(): Promise<{ server: TestServer; database: DatabaseProxy }> {
  const database = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  const server = await startServer({ DATABASE_URL: database.url });
  return { server, database };
}
