import { hash } from "node:crypto";
import { Pool } from "pg";
import { serveChild } from "./child";

// A lean server that answers the request: Node and pg, and one query for the token, its technical user and its group.
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const text = `
  select access_tokens.id, access_tokens.name, access_tokens.expires_at, users.id as user_id, users.name as username,
    groups.id as group_id, groups.name as group_name
  from access_token_secrets
  join access_tokens on access_tokens.id = access_token_secrets.access_token_id
  join users on users.id = access_tokens.technical_user_id
  join groups on groups.id = access_tokens.group_id
  where access_token_secrets.hash = $1 and access_tokens.revoked_at is null and access_tokens.expires_at > now()`;

await serveChild(async (request, response) => {
  const values = [hash("sha256", String(request.headers["private-token"]), "buffer")];
  const { rows } = await pool.query({ name: "check", text, values });
  response.writeHead(rows[0] ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(rows[0]));
});
