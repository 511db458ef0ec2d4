import { hash } from "node:crypto";
import { Pool } from "pg";
import { authenticationQuery } from "@/lib/access-tokens/authenticate";
import { serveChild } from "./child";

// The minimum that answers the request: bare Node and pg, the API's own query, and the row as JSON.
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const { text } = authenticationQuery;

await serveChild(async (request, response) => {
  const values = [hash("sha256", String(request.headers["private-token"]), "buffer")];
  const { rows } = await pool.query({ name: "floor", text, values });
  response.writeHead(rows[0] ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(rows[0]));
});
