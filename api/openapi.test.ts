import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "@/testing/api/ask";
import { Description } from "@/testing/api/description";
import { type Document, operationsOf, readDocument } from "@/testing/api/openapi-document";
import { serveApi } from "@/testing/api/server";
import { listen } from "@/testing/listen";
import { createApi } from "./app";

const path = "/api/v2.0/openapi.json";

let base: string;
let document: Document;
let operations: ReturnType<typeof operationsOf>;
let description: Description;

beforeAll(async () => {
  base = await serveApi();
  document = await readDocument();
  operations = operationsOf(document);
  description = new Description(document);
});

/** The values of this key at any depth. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [...(name === key ? [one] : []), ...valuesOf(key, one)]);
}

describe("the document", () => {
  test("describes every route and nothing else", () => {
    const routed = createApi().routes.filter(({ method, path }) => method !== "ALL" && !path.includes("/docs/"));
    const template = (path: string) => path.replace(/:(\w+)/g, "{$1}");
    const names = routed.map(({ method, path }) => `${method} ${template(path)}`);
    const described = operations.map(({ method, address }) => `${method.toUpperCase()} ${address}`);
    expect(described.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  test("names each operation once, with a known tag and security scheme", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { operation } of operations) {
      expect(tags).toContain(operation.tags[0]);
      for (const requirement of operation.security)
        expect(schemes).toEqual(expect.arrayContaining(Object.keys(requirement)));
    }
  });

  test("defines every referenced schema, and uses every defined one", () => {
    const references = valuesOf("$ref", document).map((one) => String(one).replace("#/components/schemas/", ""));
    expect([...new Set(references)].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  });

  test("has a path parameter for each placeholder in a path, and no others", () => {
    for (const { path, operation } of operations) {
      const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => name).toSorted()).toEqual(places.toSorted());
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  test("says who may call each operation", () => {
    const who = Object.fromEntries(
      operations.map(({ method, path, operation }) => [`${method} ${path}`, operation.security.flatMap(Object.keys)]),
    );
    const pipelines = "/access-tokens/{id}/trusted-pipelines";
    const byPeople = ["post /access-tokens", `post ${pipelines}`, `delete ${pipelines}/{pipeline_id}`];
    const anyone = [
      "get /calendar/{file}",
      "get /openapi.json",
      "get /docs",
      "get /health/live",
      "get /health/ready",
      "post /leaked-tokens",
      "post /oauth/token",
    ];
    for (const [name, schemes] of Object.entries(who)) {
      const isAboutToken = name.includes(" /access-tokens/self") || name.includes("/session-context");
      const tokens = ["privateToken", "accessToken"];
      if (anyone.includes(name)) expect(schemes).toEqual([]);
      else if (byPeople.includes(name)) expect(schemes).toEqual(["personJwt"]);
      else expect(schemes, name).toEqual(isAboutToken ? tokens : [...tokens, "personJwt"]);
    }
  });

  test("describes each field of a body", () => {
    for (const { operation } of operations) {
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
        const [name] = valuesOf("$ref", schema);
        const named = document.components.schemas[String(name).replace("#/components/schemas/", "")] ?? schema;
        for (const fields of valuesOf("properties", named)) {
          for (const field of Object.values(fields ?? {})) expect(field).toHaveProperty("description");
        }
      }
    }
  });

  test("gives a valid example of every JSON body", () => {
    for (const { operation } of operations) {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      const contents = bodies.flatMap((body) => Object.entries(body?.content ?? {}));
      for (const [mediaType, { schema, example, examples = {} }] of contents) {
        const all = [example, ...Object.values(examples).map(({ value }) => value)].filter((one) => one !== undefined);
        if (mediaType.endsWith("json")) expect(all.length, operation.operationId).toBeGreaterThan(0);
        expect(
          all.flatMap((one) => description.check(schema, one)),
          operation.operationId,
        ).toEqual([]);
      }
      for (const { schema, example } of operation.parameters) {
        if (example !== undefined) expect(description.check(schema, example)).toEqual([]);
      }
    }
  });

  test("describes every error as a problem, and says what to do", () => {
    for (const { operation } of operations) {
      const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      for (const [status, { content, headers }] of errors) {
        // RFC 6749 has its own form for the refusals of a token endpoint.
        if (operation.operationId === "exchangeToken" && status === "400") continue;
        expect(Object.keys(content)).toEqual(["application/problem+json"]);
        expect(valuesOf("$ref", content)).toEqual(["#/components/schemas/Problem"]);
        if (status === "401") expect(headers["WWW-Authenticate"]?.required).toBe(true);
        if (status === "429" || status === "503") expect(headers["Retry-After"]?.required).toBe(true);
      }
      const statuses = errors.map(([status]) => status);
      if (operation.security.length > 0)
        expect(statuses).toEqual(expect.arrayContaining(["400", "401", "406", "429", "500", "503"]));
    }
  });
});

describe("GET /openapi.json", () => {
  test("serves anyone the document, whatever the credential", async () => {
    for (const headers of [{}, { "private-token": "bad" }, { authorization: "Bearer bad", "private-token": "bad" }]) {
      const { status, headers: answered, body } = await ask(base, path, { headers });
      expect(status).toBe(200);
      expect(answered).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
      expect(body).toMatchObject({ openapi: "3.1.0", servers: [{ url: "/api/v2.0" }] });
    }
  });

  test("accepts HEAD, and refuses other methods, parameters and media types", async () => {
    expect(await ask(base, path, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await ask(base, path, { method: "POST" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    expect((await ask(base, `${path}?x=1`)).status).toBe(400);
    expect((await ask(base, path, { headers: { accept: "text/html" } })).status).toBe(406);
  });
});

test("a body that isn't described is a departure", () => {
  const exchange = { method: "DELETE", path: "/api/v2.0/access-tokens/x", status: 204, headers: {} };
  expect(description.departures({ ...exchange, text: "" })).toEqual([]);
  expect(description.departures({ ...exchange, text: "x" })).toEqual(["the body, which should be empty"]);
});

describe("`ask` compares the answer with the description, and", () => {
  const groups = "/api/v2.0/groups";
  const server = createServer((request, response) => {
    const { status, headers, text } = JSON.parse(String(request.headers["x-answer"]));
    response.writeHead(status, headers).end(text);
  });
  afterAll(() => server.close());
  let liar: string;
  beforeAll(async () => {
    liar = await listen(server, 0, "127.0.0.1");
  });

  const group = { id: "g", name: "n", organization_id: "o", created_at: "2026-11-02T09:30:00.000Z" };
  const page = { items: [group], next_cursor: null };
  const refusal = { type: "about:blank", title: "t", status: 401, code: "unauthenticated", detail: "d" };
  const json = { "content-type": "application/json" };
  const problem = { "content-type": "application/problem+json", "www-authenticate": "Bearer" };
  type Lie = { status?: number; headers?: Record<string, string>; body?: unknown; path?: string; method?: string };

  function tell({ status = 200, headers = json, body = page, path = groups, method = "GET" }: Lie) {
    const text = body === undefined ? "" : JSON.stringify(body);
    return ask(liar, path, { method, headers: { "x-answer": JSON.stringify({ status, headers, text }) } });
  }

  test("returns an answer that matches", async () => {
    expect((await tell({})).body).toEqual(page);
    const challenged = { ...problem, "www-authenticate": 'Bearer realm="veHaaS"' };
    expect((await tell({ status: 401, headers: challenged, body: refusal })).status).toBe(401);
  });

  test.each<[string, Lie, RegExp]>([
    ["a status", { status: 201 }, /the status 201/],
    ["a media type", { headers: { "content-type": "text/json" } }, /the media type text\/json/],
    ["a missing field", { body: { items: [] } }, /required property 'next_cursor'/],
    ["an additional field", { body: { ...page, total: 1 } }, /"unevaluatedProperty":"total"/],
    ["an additional nested field", { body: { ...page, items: [{ ...group, x: 1 }] } }, /"unevaluatedProperty":"x"/],
    ["a type", { body: { ...page, next_cursor: 1 } }, /\/next_cursor must be string,null/],
    ["a format", { body: { ...page, items: [{ ...group, created_at: "today" }] } }, /must match format "date-time"/],
    [
      "a missing header",
      { status: 401, headers: { "content-type": "application/problem+json" }, body: refusal },
      /WWW-Authenticate, which is missing/,
    ],
    [
      "a header",
      { status: 401, headers: { ...problem, "www-authenticate": "Basic" }, body: refusal },
      /WWW-Authenticate must match pattern/,
    ],
    ["a code", { status: 401, headers: problem, body: { ...refusal, code: "forbidden" } }, /\/code must be equal/],
    [
      "an unknown code",
      { status: 404, headers: problem, path: "/api/v2.0/x", body: { ...refusal, code: "y" } },
      /\/code must be equal/,
    ],
    ["an answer at an unknown path", { path: "/api/v2.0/nothing" }, /the status 200/],
    ["a method that is not allowed", { path: `${groups}/x`, method: "PUT" }, /the status 200/],
  ])("throws on a wrong part: %s", async (_what, lie, departure) => {
    await expect(tell(lie)).rejects.toThrow(departure);
  });
});
