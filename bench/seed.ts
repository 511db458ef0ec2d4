// A task: a group with BENCH_TOKENS tokens, and its admin's session. A thousand of the tokens have a known secret, a known
// pipeline secret and twenty environment variables each. In a large group each token has an old secret, too.
import { Client } from "pg";
import { seedTokens } from "@/db/seed-many";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { generateSecret, hashSecret } from "@/lib/access-tokens/secret";
import { applyDotenv } from "@/lib/environment-variables/dotenv-import";
import { createSession } from "@/lib/sign-in/sessions";
import { createTenant } from "@/testing/tenant";

const tokens = Number(process.env.BENCH_TOKENS);
const known = Math.min(tokens, 1000);
const variables = Array.from({ length: 20 }, (_, index) => [`VARIABLE_${index}`, `value ${"x".repeat(40)} ${index}`]);

const { group, organization } = await createTenant();
const secrets = Array.from({ length: known }, () => generateSecret("group"));
const pipelineSecrets = secrets.map(() => generateSecret("pipeline"));
const client = new Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await seedTokens(client, group.id, tokens, {
  hashes: secrets.map(hashSecret),
  rotated: tokens > 10_000,
  seed: "bench",
});
await addPipelineSecrets();
await client.end();
await setVariables();
process.send?.({
  groupId: group.id,
  adminId: group.admin.userId,
  organizationId: organization.id,
  secrets,
  pipelineSecrets,
  cursorOf500th: await cursorOf500th(),
  cookie: `authjs.session-token=${await createSession(group.admin.userId)}`,
});

/** The cursor of the list's 500th page of 20 in the default order. */
async function cursorOf500th(): Promise<string> {
  let cursor = "";
  for (let page = 0; page < 499 && tokens > 10_000; page++) cursor = await cursorAfter("-created_at", 20, cursor);
  return cursor;
}

/** A trusted pipeline for each token with a known secret, and a secret that a job has exchanged by it. */
async function addPipelineSecrets(): Promise<void> {
  await client.query(
    `with known as (
       select secret.*, ordinality from unnest($1::bytea[]) with ordinality as given (hash, ordinality)
       join access_token_secrets as secret using (hash)
     ), trust as (
       insert into trusted_pipelines (id, organization_id, access_token_id, provider_type, provider_url, issuer,
         project_id, project, ref, protected_only, lifetime_minutes, created_by_id)
       select 'tpl_' || ordinality, organization_id, access_token_id, 'gitlab', 'https://gitlab.com',
         'https://gitlab.com', '20', 'vehicles/bench', 'refs/heads/main', true, 60, created_by_id
       from known
     )
     insert into access_token_secrets (hash, organization_id, access_token_id, suffix, created_by_id, ends_at, ends_by,
       trusted_pipeline_id, job)
     select ($2::bytea[])[ordinality], organization_id, access_token_id, 'abcd', created_by_id,
       now() + interval '1 day', 'lifetime', 'tpl_' || ordinality,
       '{"project": "vehicles/bench", "ref": "refs/heads/main", "job": "302", "pipeline": "574"}'
     from known`,
    [secrets.map(hashSecret), pipelineSecrets.map(hashSecret)],
  );
}

async function setVariables(): Promise<void> {
  const text = variables.map(([name, value]) => `${name}=${value}`).join("\n");
  const input = { text, expected: Object.fromEntries(variables.map(([name]) => [name, null])), leaveOutRefused: false };
  let cursor = "";
  for (let done = 0; done < known; done += 100) {
    // The tokens with known secrets are the oldest.
    const page = await listAccessTokens(group.admin, group.scope, pageFrom("created_at", 100, cursor));
    for (const { id } of page.items) await applyDotenv(group.admin, id, input);
    cursor = page.nextCursor ?? "";
  }
}

async function cursorAfter(...from: Parameters<typeof pageFrom>): Promise<string> {
  return (await listAccessTokens(group.admin, group.scope, pageFrom(...from))).nextCursor ?? "";
}

function pageFrom(sort: "created_at" | "-created_at", limit: number, cursor: string) {
  return { sort, limit, ...(cursor ? { cursor } : {}) };
}
