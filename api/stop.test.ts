import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { createToken } from "@/testing/access-tokens";
import { startInstanceProcess } from "@/testing/api/start-instance";
import { createTenant } from "@/testing/tenant";

vi.setConfig({ testTimeout: 90_000 });

const clients = 8;

/** An answer to a request on the agent's kept connection. */
async function ask(url: string, secret: string, agent: Agent): Promise<IncomingMessage & { body: string }> {
  const sent = request(url, { agent, headers: { "private-token": secret } }).end();
  const [response] = await once(sent, "response");
  return Object.assign(response, { body: await text(response) });
}

function keepingAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

test("a stop fails no request on busy kept connections, and the process is not ready from its beginning", async () => {
  const { group } = await createTenant();
  const { secret } = await createToken(group.admin, group.scope);
  const { url, child } = await startInstanceProcess({ SHUTDOWN_GRACE_SECONDS: "3" });
  const [self, ready] = [`${url}/api/v2.0/access-tokens/self`, `${url}/health/ready`];
  let answered = 0;
  /** Asks without a pause, as long as the connection is kept. Returns whether an answer has said that it closes. */
  const client = async () => {
    const agent = keepingAgent();
    for (;;) {
      const { statusCode, headers, body } = await ask(self, secret, agent);
      expect([statusCode, JSON.parse(body).status]).toEqual([200, "active"]);
      answered += 1;
      if (headers.connection === "close") return true;
    }
  };
  const asking = Array.from({ length: clients }, client);
  const probe = keepingAgent();
  expect((await ask(ready, "", probe)).statusCode).toBe(200);
  await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThan(10 * clients);

  const exit = once(child, "exit");
  child.kill("SIGTERM");
  // The kept connection of a balancer's health check, and new ones, while the grace lasts.
  const isReady = async () => (await ask(ready, "", probe)).statusCode;
  await expect.poll(isReady).toBe(503);
  const refused = await ask(ready, "", keepingAgent());
  expect([refused.statusCode, refused.headers.connection]).toEqual([503, "close"]);
  expect(JSON.parse(refused.body)).toMatchObject({ code: "unavailable", detail: "The process is stopping." });
  expect((await ask(self, secret, keepingAgent())).statusCode).toBe(200);
  expect(await Promise.all(asking)).toEqual(Array.from({ length: clients }, () => true));
  expect(await exit).toEqual([0, null]);
  await expect(ask(ready, "", keepingAgent())).rejects.toThrow("ECONNREFUSED");
});
