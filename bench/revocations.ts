import { Agent, request } from "node:http";
import { Client } from "pg";
import { hashSecret } from "@/lib/access-tokens/secret";
import { type BenchDatabase, type BenchServer, makeDatabase } from "./database";
import { drive, withSecrets } from "./race";
import { type Figure, noMore } from "./report";
import { startSite } from "./site";

const base = "/api/v2.0/access-tokens";
const workers = 8;
const agent = new Agent({ keepAlive: true });

type Answer = { status: number; body: string };

/**
 * Revokes tokens again and again at one of two instances, while both are under load, and asks both with the revoked
 * secret once the revocation is acknowledged. Counts the requests that are accepted.
 */
export async function measureRevocations(server: BenchServer, revocations: number): Promise<Figure[]> {
  // Of its own: a revocation ends the token's pipeline secrets, which others need.
  const database = await makeDatabase(server, 1000, "revocations");
  const sites = [await startSite(database), await startSite(database)];
  const urls = sites.map(({ url }) => url);
  const [admin = "", ...secrets] = database.secrets;
  const [targets, busy] = [secrets.slice(0, workers * 10), secrets.slice(workers * 10)];
  try {
    await makeAdmin(database, admin);
    let isDone = false;
    const load = urls.map(async (url) => {
      while (!isDone)
        await drive({ name: "load", url, requests: withSecrets(`${base}/self`, busy) }, { connections: 8, seconds: 2 });
    });
    let [revoked, accepted] = [0, 0];
    const work = Array.from({ length: workers }, async (_, worker) => {
      const own = targets.filter((_secret, at) => at % workers === worker);
      for (let turn = 0; revoked < revocations; turn++) {
        revoked++;
        accepted += await acceptedAfterRevocation(urls, admin, own[turn % own.length] ?? "", turn);
      }
    });
    try {
      await Promise.all(work);
    } finally {
      isDone = true;
      await Promise.allSettled(load);
    }
    await Promise.all(load);
    return [
      {
        name: `requests accepted after the acknowledgement of ${revocations.toLocaleString("en")} revocations, two instances under load`,
        measured: String(accepted),
        floor: "",
        ...noMore(0, accepted),
      },
    ];
  } finally {
    agent.destroy();
    await Promise.all(sites.map((site) => site.stop()));
  }
}

async function acceptedAfterRevocation(urls: string[], admin: string, secret: string, turn: number): Promise<number> {
  const at = (place: number) => urls[place % urls.length] ?? "";
  const own = expectOk(await send(at(turn), "GET", `${base}/self`, secret));
  const { id } = JSON.parse(own.body);
  expectOk(await send(at(turn), "POST", `${base}/${id}/revoke`, admin));
  const asked = await Promise.all([0, 1, 0, 1].map((place) => send(at(place), "GET", `${base}/self`, secret)));
  expectOk(await send(at(turn + 1), "POST", `${base}/${id}/reactivate`, admin));
  return asked.filter(({ status }) => status === 200).length;
}

function expectOk(answer: Answer): Answer {
  if (answer.status === 200) return answer;
  throw new Error(`a request was answered ${answer.status}: ${answer.body}`);
}

function send(url: string, method: string, path: string, secret: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, method, path, agent, headers: { "private-token": secret } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    })
      .on("error", reject)
      .end();
  });
}

/** Gives the token the role that may revoke others. */
async function makeAdmin({ url }: BenchDatabase, secret: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const token = "select access_token_id from access_token_secrets where hash = $1";
    await client.query(
      `with token as (update access_tokens set is_admin = true where id = (${token}) returning technical_user_id)
       update memberships set role = 'group_admin' from token where user_id = technical_user_id`,
      [hashSecret(secret)],
    );
  } finally {
    await client.end();
  }
}
