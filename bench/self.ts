import { seedTokens } from "@/db/seed-many";
import { generateSecret, hashSecret } from "@/lib/access-tokens/secret";
import { startContender } from "./contender";
import { type BenchServer, withClient } from "./database";
import { type Laps, race } from "./race";

export type SelfOptions = { connections: number; seconds: number; rounds: number };

/** `GET /access-tokens/self` by the API, and by a bare server with the same query: the floor under what is possible. */
export async function raceSelf(server: BenchServer, tokens: number, options: SelfOptions): Promise<Laps> {
  const secrets = await seed(server, tokens);
  const query = await authenticationQuery(secrets[0] ?? "");
  const contenders = [await startContender("floor", { FLOOR_QUERY: query }), await startContender("api")];
  try {
    return await race(contenders, { path: "/api/v2.0/access-tokens/self", secrets, ...options });
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

/** Answers the secrets of a thousand of the tokens. */
async function seed(server: BenchServer, tokens: number): Promise<string[]> {
  const { createTenant } = await import("@/lib/testing/tenant");
  const { group } = await createTenant();
  const secrets = Array.from({ length: Math.min(tokens, 1000) }, () => generateSecret("group"));
  await withClient(server.url, (client) => seedTokens(client, group.id, tokens, secrets.map(hashSecret)));
  return secrets;
}

/** The text of the query as PostgreSQL has prepared it for the product, on the pool's one connection. */
async function authenticationQuery(secret: string): Promise<string> {
  const { pool } = await import("@/db/client");
  const { authenticateAccessToken } = await import("@/lib/access-tokens/authenticate");
  if (!(await authenticateAccessToken(secret))) throw new Error("the seeded token is refused");
  const prepared = "select statement from pg_prepared_statements where name = 'authenticate_access_token'";
  const { rows } = await pool.query<{ statement: string }>(prepared);
  if (!rows[0]) throw new Error("the query was not prepared on this connection");
  return rows[0].statement;
}
