import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

type Outcome = { code: number; said: string };

/** The result of the check with a registry that answers requests with `answer`. */
async function check(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  given: Record<string, string> = {},
): Promise<Outcome> {
  const registry = createServer(answer);
  await new Promise<void>((done) => registry.listen(0, "127.0.0.1", done));
  onTestFinished(() => void registry.close());
  const address = registry.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const cache = mkdtempSync(join(tmpdir(), "vehaas-npm-"));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}`, npm_config_cache: cache, ...given };
  return new Promise((resolve) => {
    execFile("node", ["scripts/advisories.mjs"], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, said: stdout + stderr });
    });
  });
}

/** A registry with an advisory for one package only. */
function knowing(severity: string, knownPackage = "nodemailer") {
  const advisory = {
    id: 1,
    url: "https://example.com/1",
    title: "Reads files",
    severity,
    vulnerable_versions: "<1000",
  };
  return ({ method, url = "" }: IncomingMessage, response: ServerResponse) => {
    const name = decodeURIComponent(url.slice(1));
    const version = { name, version: "1.0.0" };
    const document = { name, "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } };
    response.end(JSON.stringify(method === "POST" ? { [knownPackage]: [advisory] } : document));
  };
}

test.each(["high", "critical"])("an advisory of %s severity fails the check and is named", async (severity) => {
  const { code, said } = await check(knowing(severity));
  expect(code).toBe(1);
  expect(said.trim().split("\n")).toEqual([
    expect.stringMatching(new RegExp(`nodemailer .+ has one of ${severity} severity: Reads files \\(https://`)),
  ]);
});

test.each<Record<string, string>>([
  { NODE_ENV: "production" },
  { npm_config_omit: "dev" },
  { npm_config_offline: "true" },
])("a development dependency is checked with %j, too", async (given) => {
  const { code, said } = await check(knowing("high", "vitest"), given);
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("vitest") });
});

test("an advisory of moderate severity does not fail the check", async () => {
  expect(await check(knowing("moderate"))).toMatchObject({ code: 0, said: expect.stringContaining("none of high") });
});

test("a registry without an audit API doesn't fail the check, which says so without its URL", async () => {
  const { code, said } = await check((_request, response) => void response.writeHead(405).end());
  expect({ code, said }).toEqual({
    code: 0,
    said: "advisories: the registry could not be asked (405), so no package was checked.\n",
  });
});

test("an unreachable registry doesn't fail the check, which says so", async () => {
  const { code, said } = await check((request) => void request.socket.destroy());
  expect(code).toBe(0);
  expect(said).toMatch(/^advisories: the registry could not be asked \(.+\), so no package was checked\.$/m);
});
