import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadedFirst, stoppedEarly } from "./support/server/early-stop";
import { breakAndEndPostgres, endPostgres, makeDataFolder } from "./support/server/embedded";
import { startServer, startServerWithMetrics } from "./support/server/server";
import { expect, test } from "./support/test";

test.describe.configure({ timeout: 180_000 });

const patient = { timeout: 60_000 };

test("from SIGTERM on the server is not ready and closes connections, but serves until the grace has passed", async ({
  request,
}) => {
  const server = await startServer({ SHUTDOWN_GRACE_SECONDS: "10" });
  expect((await request.get(`${server.url}/health/ready`)).status()).toBe(200);
  expect((await request.get(`${server.url}/sign-in`)).headers().connection).toBe("keep-alive");
  server.signal("SIGTERM");
  await expect.poll(async () => (await request.get(`${server.url}/health/ready`)).status(), patient).toBe(503);
  const page = await request.get(`${server.url}/sign-in`);
  expect([page.status(), page.headers().connection]).toEqual([200, "close"]);
  expect((await request.get(`${server.url}/health/live`)).status()).toBe(200);
  expect(await server.ended).toBe(0);
  await expect(request.get(`${server.url}/health/live`)).rejects.toThrow("ECONNREFUSED");
});

test("the build keeps the names of the pages' functions, so that the stack of an error in the log names them", () => {
  const folder = ".next/server/chunks/ssr";
  const chunks = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const isNamed = (name: string) => readFileSync(join(folder, name), "utf8").includes("function SignInPage(");
  expect(chunks.some(isNamed)).toBe(true);
});

test("the metrics of a running server name the route of an API request", async ({ request }) => {
  const server = await startServerWithMetrics();
  expect((await request.get(`${server.url}/api/v2.0/access-tokens/self`)).status()).toBe(401);
  const counted =
    'vehaas_http_request_duration_seconds_count{route="/api/v2.0/access-tokens/self",method="GET",status="401"} 1';
  await expect.poll(async () => (await request.get(server.metrics)).text()).toContain(counted);
  await server.stop();
});

test("Ctrl-C doesn't wait for the grace", async ({ request }) => {
  // Longer than this test may take.
  const server = await startServer({ SHUTDOWN_GRACE_SECONDS: "300" });
  expect((await request.get(`${server.url}/sign-in`)).status()).toBe(200);
  server.signal("SIGINT");
  expect(await server.ended).toBe(0);
});

test("the image's first process ends with 0 at a SIGTERM while its modules are loaded", async () => {
  test.skip(process.platform !== "linux", "its signals are read from /proc");
  expect(loadedFirst()).toEqual([]);
  const { code, output } = await stoppedEarly();
  expect({ code, output }).toEqual({ code: 0, output: "" });
});

test("an embedded database that dies is started again; if it can't be, the server says so and ends with 1", async ({
  request,
}) => {
  const { folder, remove } = await makeDataFolder();
  const server = await startServer({ DATA_DIR: folder, DATABASE_URL: "", AUTH_SECRET: "", ENCRYPTION_KEYS: "" });
  try {
    const ready = async () => (await request.get(`${server.url}/health/ready`)).status();
    expect(await ready()).toBe(200);
    await endPostgres(folder);
    const isRestarted = () => server.lines.some((line) => line.includes("PostgreSQL had ended, and was started again"));
    await expect.poll(isRestarted, patient).toBe(true);
    await expect.poll(ready, patient).toBe(200);

    await breakAndEndPostgres(folder);
    expect(await server.ended).toBe(1);
    expect(server.says[0]).toMatch(
      /^The embedded database ended and can't be started again\. PostgreSQL could not start/,
    );
  } finally {
    await server.stop();
    await remove();
  }
});
