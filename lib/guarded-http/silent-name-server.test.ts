import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { parseAllowlist } from "@/lib/network/allowlist";
import { startNameServer } from "@/testing/stand-ins/name-server";
import { startStandIn } from "@/testing/stand-ins/server";
import { guardedFetch } from "./guarded-fetch";
import { createResolve } from "./system-resolve";

const waiting = 8;

/** The name server for silent.test never answers; the provider stand-in's name is in the hosts file. */
async function scene() {
  const nameServer = await startNameServer(() => ({ fault: "silence" }));
  const provider = await startStandIn(() => ({ status: 200, body: {} }));
  const folder = await mkdtemp(join(tmpdir(), "vehaas-names-"));
  const hostsFile = join(folder, "hosts");
  await writeFile(hostsFile, "127.0.0.1 gitlab.other.test\n");
  onTestFinished(async () => {
    await Promise.all([nameServer.close(), provider.close(), rm(folder, { recursive: true })]);
  });
  // Longer than usual, so that the order does not depend on the machine's speed.
  const source = { servers: [nameServer.address], resolvConf: join(folder, "none"), milliseconds: 60_000 };
  const resolve = createResolve({ ...source, hostsFile });
  const options = { allowlist: parseAllowlist("127.0.0.1"), resolve, milliseconds: 8000 };
  const ask = (origin: string) => guardedFetch(origin, options)(new Request(`${origin}/api`));
  return { nameServer, provider, ask };
}

async function queryByHostName(): Promise<unknown> {
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.hostname = "localhost";
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const { rows } = await client.query("select 1 as one");
  await client.end();
  return rows;
}

test("a silent name server delays neither another provider nor the database, and its lookups time out", async () => {
  const { nameServer, provider, ask } = await scene();
  const order: string[] = [];
  const silent = Array.from({ length: waiting }, (_, place) =>
    ask(`https://gitlab-${place}.silent.test`).catch((error: unknown) => {
      order.push("silent");
      return error;
    }),
  );
  await expect.poll(() => nameServer.asked.length, { timeout: 10_000 }).toBe(2 * waiting);
  const answer = await ask(`http://gitlab.other.test:${provider.port}`);
  expect(await answer.json()).toEqual({});
  expect(await queryByHostName()).toEqual([{ one: 1 }]);
  expect(order).toEqual([]);

  const refusal = { code: "provider_unreachable", message: expect.stringContaining("did not answer in time") };
  expect(await Promise.all(silent)).toMatchObject(Array(waiting).fill(refusal));
  expect(nameServer.asked).toHaveLength(2 * waiting);
});

test("an aborted request cancels its lookup", async () => {
  const { nameServer } = await scene();
  const cancelled = Promise.withResolvers<unknown>();
  const resolve = createResolve({ servers: [nameServer.address] });
  const watched: typeof resolve = (host, signal) => {
    const lookup = resolve(host, signal);
    lookup.catch(cancelled.resolve);
    return lookup;
  };
  const fetch = guardedFetch("https://gitlab.silent.test", { allowlist: [], resolve: watched, milliseconds: 100 });
  const refused = fetch(new Request("https://gitlab.silent.test/api"));
  await expect(refused).rejects.toMatchObject({
    code: "provider_unreachable",
    message: expect.stringContaining("did not answer in time"),
  });
  // The message shows that the lookup was cancelled and did not time out.
  expect(await cancelled.promise).toMatchObject({ message: expect.stringContaining("reports a fault") });
});
