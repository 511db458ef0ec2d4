import { createServer, request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { readSettings } from "@/lib/env";
import { clientAddressOf } from "./client-address";

type Given = { AUTH_URL?: string; TRUSTED_PROXIES?: string };

/** The address of a request from this machine with these settings. */
async function addressOf(given: Given, forwardedFor?: string | string[]): Promise<string | null> {
  const { AUTH_URL: authUrl, TRUSTED_PROXIES: trustedProxies } = readSettings(given);
  const clientAddress = clientAddressOf({ authUrl, trustedProxies });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const server = createServer((incoming, response) => {
    resolve(clientAddress(incoming));
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  request({ host: "127.0.0.1", port, headers, agent: false })
    .on("error", () => {})
    .end();
  return promise;
}

const proxied = { AUTH_URL: "https://tokens.example.com" };

test("X-Forwarded-For is ignored without AUTH_URL", async () => {
  expect(await addressOf({}, "203.0.113.5")).toBe("127.0.0.1");
});

test.each([
  ["203.0.113.51:40000", "203.0.113.51"],
  ["[2001:db8::5]:40000", "2001:db8::5"],
  ["::ffff:192.0.2.2", "192.0.2.2"],
  ["198.51.100.1, 203.0.113.5", "203.0.113.5"],
  [["198.51.100.1", "203.0.113.5"], "203.0.113.5"],
  ["198.51.100.1, 10.1.2.3", "10.1.2.3"],
  ["unknown", "127.0.0.1"],
  ["203.0.113.5, unknown", "127.0.0.1"],
  ["203.0.113.5,", "127.0.0.1"],
  ["x".repeat(12_000), "127.0.0.1"],
  [undefined, "127.0.0.1"],
])("X-Forwarded-For %j behind a local proxy means %s", async (forwardedFor, address) => {
  expect(await addressOf(proxied, forwardedFor)).toBe(address);
});

test("X-Forwarded-For is accepted only from trusted proxies", async () => {
  expect(await addressOf({ ...proxied, TRUSTED_PROXIES: "192.0.2.0/24" }, "203.0.113.5")).toBe("127.0.0.1");
  expect(await addressOf({ ...proxied, TRUSTED_PROXIES: "127.0.0.1" }, "203.0.113.5")).toBe("203.0.113.5");
});

test("a chain of configured proxies is followed to the first other address", async () => {
  const chain = { ...proxied, TRUSTED_PROXIES: "127.0.0.0/8, 10.0.0.0/8, 2001:db8:1::/48" };
  expect(await addressOf(chain, "198.51.100.1, 203.0.113.5, [2001:db8:1::9]:443, 10.0.0.7:80")).toBe("203.0.113.5");
  expect(await addressOf(chain, "198.51.100.1, unknown, 10.0.0.7")).toBe("10.0.0.7");
  expect(await addressOf(chain, "10.0.0.8, 10.0.0.7")).toBe("10.0.0.8");
});

test.each(["proxy.example.com", "10.0.0.0/33", "127.0.0.1:80", "127.0.0.1; ::1"])(
  "TRUSTED_PROXIES=%s stops the start",
  (entry) => {
    expect(() => readSettings({ TRUSTED_PROXIES: `127.0.0.1, ${entry}` })).toThrow(
      `TRUSTED_PROXIES: "${entry}" is not an address or a network.`,
    );
  },
);
