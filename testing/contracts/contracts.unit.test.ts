import { expect, test } from "vitest";
import type { Exchange } from "@/testing/stand-ins/server";
import { compare, contract } from "./contracts";

const described = contract.parse({
  paths: {
    "/things/{id}": {
      put: {
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          { $ref: "#/components/parameters/page" },
        ],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Asked" } } } },
        responses: {
          "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
          "204": { description: "nothing" },
        },
      },
    },
  },
  components: {
    parameters: { page: { name: "page", in: "query", schema: { type: "integer" } } },
    schemas: {
      Asked: {
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string", enum: ["a", "b"] }, of: { type: "integer" } },
        oneOf: [{ properties: { kind: { enum: ["a"] } } }, { properties: { kind: { enum: ["b"] } }, required: ["of"] }],
      },
      Thing: {
        type: "object",
        required: ["id", "name"],
        properties: { id: { type: "integer" }, name: { type: "string", nullable: true, format: "date-time" } },
      },
    },
  },
});

function drifts(differs: Partial<Exchange>): string[] {
  const good = { method: "PUT", path: "/base/things/1?page=2", headers: {}, body: { kind: "a" } };
  return compare(described, { ...good, answer: { status: 200, body: { id: 1, name: null } }, ...differs }, "/base")
    .drifts;
}

test.each<[string, Partial<Exchange>]>([
  ["the exchange as described", {}],
  ["an answer with only some of the described fields", { answer: { status: 200, body: { id: 1 } } }],
  ["an answer without a body", { answer: { status: 204 } }],
  ["the other alternative", { body: { kind: "b", of: 1 } }],
])("%s is not a drift", (_what, differs) => expect(drifts(differs)).toEqual([]));

test.each<[string, Partial<Exchange>, string]>([
  ["a path", { path: "/base/others/1" }, "is not described"],
  ["a method", { method: "GET" }, "is not described"],
  ["a query parameter", { path: "/base/things/1?size=2" }, "takes no parameter size"],
  ["a query parameter's value", { path: "/base/things/1?page=two" }, "does not take two as page"],
  ["a path parameter's value", { path: "/base/things/one" }, "does not take one as id"],
  [
    "a field of the body",
    { body: { kind: "a", colour: "red" } },
    'does not take the body: : Unrecognized key: "colour"',
  ],
  ["a value in the body", { body: { kind: "c" } }, "does not take the body: kind: Invalid option"],
  ["a missing field", { body: {} }, "does not take the body: kind: Invalid option"],
  ["a field missing for this kind", { body: { kind: "b" } }, "does not take the body: : Invalid input"],
  ["a missing body", { body: null }, "does not take the body: : Invalid input"],
  ["a status", { answer: { status: 202 } }, "does not answer 202"],
  ["an answer's field", { answer: { status: 200, body: { uid: 1 } } }, 'so: : Unrecognized key: "uid"'],
  ["an answer's type", { answer: { status: 200, body: { id: "1" } } }, "so: id: Invalid input: expected number"],
  ["a missing answer", { answer: { status: 200 } }, "answers 200 with a body"],
  ["an answer where none is described", { answer: { status: 204, body: {} } }, "answers 204 without a body"],
])("%s that is not described is a drift", (_what, differs, words) => {
  expect(drifts(differs).join("\n")).toContain(words);
});
