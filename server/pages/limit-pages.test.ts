import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createSession } from "@/lib/sign-in/sessions";
import { createRequestListener } from "@/server/http/request-listener";
import { listen } from "@/server/start/process";
import { createTenant } from "@/testing/tenant";
import { limitPages } from "./limit-pages";

type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

const atOnce = 20;

/** The requests in progress. Each one lasts until the test ends it. */
const shown: { path: string; end: () => void }[] = [];
let ann: string;
/** Another session of the same person. */
let annElsewhere: string;
let bob: string;
let address: string;

const pages = limitPages(({ url: path = "" }, response: ServerResponse) => {
  if (path !== "/slow") return Promise.resolve(void response.end("shown"));
  return new Promise((resolve) => {
    shown.push({ path, end: () => response.end("shown", () => resolve()) });
  });
});
const server = createServer(createRequestListener({ api: () => {}, pages, dev: false }));

beforeAll(async () => {
  address = await listen(server, 0, "127.0.0.1");
  const { group } = await createTenant();
  const people = [group.admin, group.admin, group.user];
  [ann = "", annElsewhere = "", bob = ""] = await Promise.all(people.map(({ userId }) => createSession(userId)));
});
afterEach(() => endAll());
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function endAll(): void {
  for (const { end } of shown.splice(0)) end();
}

/** Requests a page with this session. Returns the response and a way to disconnect. */
function send(path: string, session?: string, method = "GET"): Promise<Answer> & { hangUp: () => void } {
  const headers = {
    origin: address,
    ...(session ? { cookie: `theme=dark; authjs.session-token=${session}` } : {}),
  };
  // `path` is sent unchanged, while a URL would be normalized.
  const sent = request(address, { path, method, headers, agent: false });
  const answered = new Promise<Answer>((resolve, reject) => {
    sent.on("error", reject).on("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
  });
  sent.end();
  return Object.assign(answered, { hangUp: () => sent.destroy() });
}

const sendMany = (count: number, path: string, session?: string) =>
  Array.from({ length: count }, () => send(path, session));
const untilShown = (count: number) => expect.poll(() => shown.length, { timeout: 10_000 }).toBe(count);

test("a person's page beyond twenty in all sessions waits a second and is refused, while others' are shown", async () => {
  const asked = [...sendMany(atOnce / 2, "/slow", ann), ...sendMany(atOnce / 2 + 3, "/slow", annElsewhere)];
  await untilShown(atOnce);
  expect((await send("/groups", bob)).text).toBe("shown");
  expect((await send("/sign-in")).text).toBe("shown");
  expect((await send("/_next/static/chunks/a.js", ann)).text).toBe("shown");
  for (const page of ["/_next/static/../../groups", "/_next/static/%2e%2e/%2E./groups", "/_next/static/..\\..\\groups"])
    expect((await send(page, ann)).status, page).toBe(429);
  expect((await send("/_next/static/chunks/a.js", ann, "POST")).status).toBe(429);
  const refused = await send("/groups", ann);
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "1", "content-type": "text/plain" } });
  expect(refused.text).toMatch(/^Too many of your requests .* try again/);
  endAll();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(atOnce);
  expect((await send("/groups", ann)).text).toBe("shown");
});

test("requests without a live session count towards their address", async () => {
  const again = await createSession((await createTenant()).group.admin.userId);
  const asked = [...sendMany(atOnce / 2, "/slow"), ...sendMany(atOnce / 2, "/slow", "ended")];
  await untilShown(atOnce);
  expect((await send("/sign-in")).status).toBe(429);
  expect((await send("/groups", "ended")).status).toBe(429);
  // A known session does not count towards the address.
  expect((await send("/groups", bob)).status).toBe(200);
  const waiting = send("/groups", again);
  endAll();
  expect((await waiting).status).toBe(200);
  await Promise.all(asked);
});

test("a waiting request whose client disconnects leaves the queue", async () => {
  const asked = sendMany(atOnce, "/slow", bob);
  await untilShown(atOnce);
  const gone = sendMany(3, "/slow", bob);
  for (const one of gone) {
    one.catch(() => {});
    one.hangUp();
  }
  await Promise.allSettled(gone);
  endAll();
  await Promise.all(asked);
  expect((await send("/groups", bob)).status).toBe(200);
  expect(shown).toHaveLength(0);
});
