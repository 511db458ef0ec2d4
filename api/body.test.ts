import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { listAccesses } from "@/lib/version-control/queries";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant, type Tenant } from "@/testing/tenant";

let base: string;
let token: TestToken;
let group: Tenant["group"];
let path: string;

beforeAll(async () => {
  base = await serveApi();
  ({ group } = await createTenant());
  token = await createToken(group.admin, group.scope, { admin: true });
  path = `/api/v2.0/access-tokens/${token.id}/version-control-accesses`;
});

const runners = "/api/v2.0/session-context/runners";
const good = { provider_url: "https://gitlab.example.com", tags: ["bench"] };

type Sending = { headers?: Record<string, string>; to?: string };

function send(body: string | Buffer, { headers = {}, to = runners }: Sending = {}): Promise<Answer> {
  const all = { "private-token": token.secret, "content-type": "application/json", ...headers };
  return ask(base, to, { method: "POST", headers: all, body });
}

const chunked = { "transfer-encoding": "chunked" };

/** A valid body gets 404, since the token has no such access. */
const fits = { status: 404, body: { code: "not_found" } };

const jsonTypes = [
  "application/json",
  "application/json; charset=utf-8",
  "Application/JSON",
  "application/json ;charset=x",
  "application/json;",
];
test.each(jsonTypes)("%s is JSON", async (type) => {
  expect(await send(JSON.stringify(good), { headers: { "content-type": type } })).toMatchObject(fits);
});

const otherTypes = [
  "",
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/jsonp",
  "application/problem+json",
];
test.each([...otherTypes, "text/json, application/json"])("%s is another media type", async (type) => {
  const answer = await send(JSON.stringify(good), { headers: { "content-type": type } });
  expect(answer).toMatchObject({ status: 415, body: { status: 415, code: "unsupported_media_type" } });
  expect(answer.headers["content-type"]).toBe("application/problem+json");
});

test("a body without a media type and a compressed body are unsupported media types", async () => {
  const headers = { "private-token": token.secret };
  expect((await ask(base, runners, { method: "POST", headers, body: "{}" })).status).toBe(415);
  for (const coding of ["gzip", "BR", "deflate", "identity, gzip", "zstd"]) {
    const packed = await send(gzipSync(JSON.stringify(good)), { headers: { "content-encoding": coding } });
    expect(packed).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
    expect(packed.body.detail).toBe("The body must not be compressed: send it as it is, without Content-Encoding.");
    // RFC 9110, 15.5.16.
    expect(packed.headers["accept-encoding"]).toBe("identity");
  }
  const transfer = await sendRaw("Transfer-Encoding: gzip, chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n");
  expect(transfer).toMatch(/^HTTP\/1\.1 415 .*must not be compressed/s);
  for (const coding of ["identity", "Identity", ""]) {
    expect(await send(JSON.stringify(good), { headers: { "content-encoding": coding } })).toMatchObject(fits);
  }
});

test("a missing body and a body that isn't JSON get different answers", async () => {
  for (const headers of [{}, chunked]) {
    const { body } = await send("", { headers });
    expect(body).toMatchObject({ code: "malformed", detail: "This request has no body. Send a JSON object." });
  }
});

test("an empty chunked body counts as none where no body is needed", async () => {
  const other = await createToken(group.admin, group.scope);
  const status = async (change: string, headers: Record<string, string>, body = "") => {
    const to = `/api/v2.0/access-tokens/${other.id}/${change}`;
    const all = { "private-token": token.secret, ...chunked, ...headers };
    const answer = await ask(base, to, { method: "POST", headers: all, body });
    return [answer.status, answer.body.status ?? answer.body.code];
  };
  for (const type of [undefined, "application/json", "text/plain", "application/octet-stream"]) {
    const headers: Record<string, string> = type ? { "content-type": type } : {};
    expect(await status("revoke", headers)).toEqual([200, "revoked"]);
    expect(await status("reactivate", headers)).toEqual([200, "active"]);
  }
  expect(await status("revoke", { "content-type": "text/plain" }, "now")).toEqual([415, 415]);
  expect(await status("revoke", { "content-type": "application/json" }, " ")).toEqual([400, 400]);
  expect(await status("revoke", { "content-type": "application/json" }, " {} ")).toEqual([200, "revoked"]);
  const to = `/api/v2.0/access-tokens/${other.id}`;
  const headers = { "private-token": token.secret, ...chunked };
  expect((await ask(base, to, { method: "DELETE", headers })).status).toBe(204);
});

const padded = (length: number) => JSON.stringify(good).padEnd(length, " ");

test("a body may have at most 256 KiB, with Content-Length or chunked", async () => {
  for (const headers of [{}, chunked]) {
    expect(await send(padded(256 * 1024), { headers })).toMatchObject(fits);
    expect(await send(padded(256 * 1024 + 1), { headers })).toMatchObject({
      status: 413,
      body: { status: 413, code: "too_large" },
    });
  }
});

test("a body that is far too large is refused before its end", async () => {
  // Neither request ever sends its whole body.
  const announced = await sendRaw("Content-Length: 10000000000\r\n\r\n{");
  expect(announced).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
  const endless = await sendRaw(
    `Transfer-Encoding: chunked\r\n\r\n${(300 * 1024).toString(16)}\r\n${padded(300 * 1024)}\r\n`,
  );
  expect(endless).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
});

test("a client that sends far too large a body to its end receives the refusal", async () => {
  for (const headers of [{}, chunked]) {
    const answer = await send(padded(8 * 1024 * 1024), { headers });
    expect(answer).toMatchObject({ status: 413, body: { code: "too_large" } });
    expect(answer.headers.connection).toBe("close");
  }
});

test("a body with two lengths is refused", async () => {
  expect(await sendRaw("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
});

const notJson = ["", " ", "{", '{"provider_url":"x"', "provider_url=x", "{'a':1}", "NaN", "{}{}", "undefined", "{a:1}"];
test.each([...notJson, Buffer.from([0x22, 0xff, 0x22]), Buffer.from('{"tags":[]}', "utf16le")])(
  "%s is not JSON",
  async (body) => {
    for (const headers of [{}, chunked]) {
      const answer = await send(body, { headers });
      expect(answer).toMatchObject({ status: 400, body: { status: 400, code: "malformed" } });
    }
  },
);

test.each(["null", "[]", '"text"', "1", "true", "[{}]"])("%s is JSON but not an object", async (body) => {
  expect(await send(body)).toMatchObject({
    status: 422,
    body: { code: "invalid", errors: [{ field: "body", message: "The body has to be a JSON object." }] },
  });
});

const unknown = [
  "id",
  "providerUrl",
  "PROVIDER_URL",
  "provider-url",
  "constructor",
  "toString",
  "prototype",
  "",
  "x.y",
];
test.each([...unknown, "__proto__"])("%s is an unknown field", async (name) => {
  const body = `{"provider_url":"https://gitlab.example.com",${JSON.stringify(name)}:{"tags":1}}`;
  expect(await send(body)).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ field: name }] } });
});

test("every wrong field is named in the API's spelling", async () => {
  const { status, body } = await send('{"provider_type":"svn","token":7,"accept_personal_token":"yes","more":1}', {
    to: path,
  });
  expect(status).toBe(422);
  expect(body).toEqual({
    type: "about:blank",
    title: "Unprocessable Entity",
    status: 422,
    code: "invalid",
    detail: expect.any(String),
    errors: expect.any(Array),
  });
  const fields = [
    "accept_personal_token",
    "more",
    "provider_type",
    "provider_url",
    "target_id",
    "token",
    "token_scope",
  ];
  expect(fieldsOf(body)).toEqual(fields);
});

test("an element of a list is named by its index", async () => {
  const { body } = await send(JSON.stringify({ ...good, tags: ["a", 1] }));
  expect(fieldsOf(body)).toEqual(["tags.1"]);
});

test.each([
  ["provider_url", `{"provider_url":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["provider_url", `{"provider_url":${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}}`],
  ["body", "[".repeat(131_072) + "]".repeat(131_072)],
])("a deeply nested body is refused at %s", async (field, body) => {
  const refused = await send(body);
  expect(refused).toMatchObject({ status: 422, body: { code: "invalid" } });
  expect(fieldsOf(refused.body)).toContain(field);
});

test("the size of a refusal is bounded", async () => {
  const names = Array.from({ length: 20_000 }, (_, place) => `"f${place}":1`);
  const many = await send(`{${names.join(",")}}`);
  expect(many.status).toBe(422);
  expect(many.text.length).toBeLessThan(5000);
  const long = await send(`{"${"x".repeat(200_000)}":1}`);
  expect(long.status).toBe(422);
  expect(long.text.length).toBeLessThan(1000);
});

const cases = sharedCases("request_body");

test.runIf(cases.length > 0)("every shared case of a body is refused, and stores nothing", async () => {
  for (const { value, why } of cases) {
    for (const to of [runners, path]) {
      const answer = await send(String(value), { to });
      expect([400, 422], why).toContain(answer.status);
    }
  }
  expect(await listAccesses(token.actor, token.id)).toEqual([]);
});

test("a client that hangs up halfway does no harm", async () => {
  const { port, hostname } = new URL(base);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(head("Content-Length: 100\r\n\r\n{"), () => socket.destroy());
    });
    socket.on("close", () => resolve());
  });
  expect(await send(JSON.stringify(good))).toMatchObject(fits);
});

function fieldsOf({ errors }: Answer["body"]): string[] {
  if (!Array.isArray(errors)) return [];
  return errors.map(({ field }) => String(field)).sort();
}

const head = (rest: string) =>
  `POST ${runners} HTTP/1.1\r\nHost: localhost\r\nPrivate-Token: ${token.secret}\r\nContent-Type: application/json\r\n${rest}`;

/** The beginning of the answer. */
function sendRaw(rest: string): Promise<string> {
  const { port, hostname } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(head(rest)));
    socket.setEncoding("utf8").once("data", (text) => {
      resolve(String(text));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
