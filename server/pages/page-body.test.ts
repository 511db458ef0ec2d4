import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request, type Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { withDatabaseDeadline } from "@/lib/database-deadline";
import { createSession, signOut } from "@/lib/sign-in/sessions";
import { formRefusals } from "@/lib/web/form-refusals";
import { createHttpServer } from "@/server/http/http-server";
import { listen } from "@/server/start/process";
import { createTenant } from "@/testing/tenant";
import { withPageBody } from "./page-body";

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

let server: Server;
let url: URL;
let session: string;
let shown: number;

beforeAll(async () => {
  server = createPages();
  url = new URL(await listen(server, 0, "127.0.0.1"));
  session = await createSession((await createTenant()).group.admin.userId);
});
beforeEach(() => {
  shown = 0;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** A server whose page returns the received method, headers and body. */
function createPages(limits?: Parameters<typeof createHttpServer>[0]): Server {
  const pages = createHttpServer(limits);
  return pages.on("request", (request, response) =>
    withDatabaseDeadline(() =>
      withPageBody(request, response, async (page) => {
        shown++;
        const { method, url, headers } = page;
        response.end(JSON.stringify({ method, url, headers, body: await text(page) }));
      }),
    ),
  );
}

type Sending = { body?: string | Buffer; headers?: OutgoingHttpHeaders; token?: string; method?: string };

function send({ body, headers = {}, token, method = "POST" }: Sending): Promise<Answer> {
  const cookie = token === undefined ? {} : { cookie: `theme=dark; authjs.session-token=${token}` };
  return new Promise((resolve, reject) => {
    const { hostname, port } = url;
    const all = { ...cookie, ...headers };
    const sent = request({ hostname, port, path: "/sign-in?x=1", method, headers: all, agent: false }, async (answer) =>
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }),
    );
    sent.on("error", reject).end(body);
  });
}

const chunked = { "transfer-encoding": "chunked" };
const boundary = "----formdata-1";
const action = { "next-action": "40".padEnd(42, "0"), "content-type": `multipart/form-data; boundary=${boundary}` };

/** A form in the browsers' format. */
function form(...fields: [string, string][]): string {
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}

const model: [string, string] = ["0", '[{"status":"idle"},"$K1"]'];
const formOf = (length: number) => form(["_1_text", "x".repeat(length)], model);
const padded = (length: number) => formOf(length - formOf(0).length);

test("a page gets the request unchanged", async () => {
  const body = form(["_1_text", "ü\n\r\n--\0\u2028"], ["_1_empty", ""], model);
  const { status, body: answer } = await send({ body, headers: { ...action, ...chunked } });
  expect(status).toBe(200);
  expect(JSON.parse(answer)).toMatchObject({
    method: "POST",
    url: "/sign-in?x=1",
    body,
    headers: {
      "next-action": action["next-action"],
      "content-type": `multipart/form-data; boundary="${boundary}"`,
      "content-length": String(Buffer.byteLength(body)),
    },
  });
  expect(JSON.parse((await send({ method: "GET" })).body)).toMatchObject({ method: "GET", body: "" });
  const other = { "content-type": "application/x-www-form-urlencoded" };
  expect(JSON.parse((await send({ body: "a=b", headers: other })).body)).toMatchObject({ body: "a=b" });
});

const kibibyte = 1024;

test("a body without a live session may have 16 KiB, with any framing", async () => {
  const ended = await createSession((await createTenant()).group.user.userId);
  await signOut(ended);
  for (const headers of [action, { ...action, ...chunked }]) {
    expect((await send({ body: padded(16 * kibibyte), headers })).status).toBe(200);
    for (const token of [undefined, "", "short", "x".repeat(43), ended, `${session}x`]) {
      const answer = await send({ body: padded(16 * kibibyte + 1), headers, token });
      expect(answer).toMatchObject({ status: 413, body: formRefusals.tooLargeSignedOut });
      expect(answer.headers["content-type"]).toBe("text/plain");
    }
  }
  expect(shown).toBe(2);
});

test("a body with a session may have 1 MiB", async () => {
  for (const headers of [action, { ...action, ...chunked }]) {
    expect((await send({ body: padded(1024 * kibibyte), headers, token: session })).status).toBe(200);
    const answer = await send({ body: padded(1024 * kibibyte + 1), headers, token: session });
    expect(answer).toMatchObject({ status: 413, body: formRefusals.tooLarge });
  }
});

test.each(["GET", "HEAD", "PUT", "DELETE", "PATCH"])("a %s request's body is limited too", async (method) => {
  const answer = await send({ method, body: Buffer.alloc(17 * kibibyte), headers: chunked });
  expect(answer.status).toBe(413);
  expect(shown).toBe(0);
});

test("a body with a too large Content-Length is refused before it is sent", async () => {
  const socket = connect(Number(url.port), url.hostname);
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n");
  const answer = await text(socket.once("data", () => socket.end()));
  expect(answer).toMatch(/^HTTP\/1.1 413 .*\r\nconnection: close\r\n.*too large/is);
});

test("a client that sends far too much to the end can read the refusal", async () => {
  const answer = await send({ body: padded(12 * 1024 * kibibyte), headers: action, token: session });
  expect(answer).toMatchObject({ status: 413, body: formRefusals.tooLarge });
});

test("a compressed body is refused", async () => {
  const packed = { ...action, "content-encoding": "gzip" };
  const answer = await send({ body: gzipSync(formOf(10)), headers: packed });
  expect(answer).toMatchObject({ status: 415, body: formRefusals.compressed });
  expect(answer.headers["accept-encoding"]).toBe("identity");
});

test("a client that disconnects halfway gets no page, and does no harm", async () => {
  const socket = connect(Number(url.port), url.hostname);
  const closed = new Promise((resolve) => server.once("request", (request) => request.once("close", resolve)));
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", () => socket.resetAndDestroy());
  await closed;
  expect((await send({ method: "GET" })).status).toBe(200);
  expect(shown).toBe(1);
});

test("a body that does not arrive in time is refused, and no page is rendered", async () => {
  const impatient = createPages({ headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 20 });
  const { port } = new URL(await listen(impatient, 0, "127.0.0.1"));
  onTestFinished(() => {
    impatient.close();
  });
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow");
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /);
  expect(shown).toBe(0);
});

test("a connection stays open after a body", async () => {
  const socket = connect(Number(url.port), url.hostname);
  const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n";
  socket.write(`${head}\r\none${head}\r\ntwo${head}Connection: close\r\n\r\nend`);
  expect((await text(socket)).match(/"body":"\w+"/g)).toEqual(['"body":"one"', '"body":"two"', '"body":"end"']);
});
