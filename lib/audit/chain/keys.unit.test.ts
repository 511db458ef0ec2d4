import { getTableColumns } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents } from "@/db/schema";
import { bytesOf, type StoredEvent } from "./keys";

const event: StoredEvent = {
  id: "aud_1",
  organizationId: "org_1",
  groupId: "grp_1",
  ownerId: "grp_1",
  occurredAt: new Date("2026-11-24T12:00:00.5Z"),
  actorId: "usr_1",
  actorKind: "person",
  actorName: "Zoë",
  accessTokenId: null,
  action: "member.added",
  subjectId: "usr_2",
  subjectName: "Bob",
  detail: { to: "group_user", from: null },
  channel: "page",
  address: "192.0.2.1",
};

// These bytes are hashed into stored chains: a change makes every chain unverifiable.
test("bytesOf keeps its format", () => {
  expect(bytesOf(event).toString()).toBe(
    '[1,"aud_1","org_1","grp_1","grp_1","2026-11-24T12:00:00.500Z","usr_1","person","Zoë",null,"member.added","usr_2","Bob",{"from":null,"to":"group_user"},"page","192.0.2.1"]',
  );
});

test("bytesOf covers every column of the table", () => {
  const names = Object.keys(getTableColumns(auditEvents));
  expect(names.sort()).toEqual(Object.keys(event).sort());
  expect(JSON.parse(bytesOf(event).toString())).toHaveLength(1 + names.length);
});

test("bytesOf ignores the order of the detail's keys, and distinguishes non-objects from objects", () => {
  expect(bytesOf({ ...event, detail: { from: null, to: "group_user" } })).toEqual(bytesOf(event));
  const details = [{}, JSON.parse("[]"), JSON.parse("null"), { "0": "a" }, JSON.parse('["a"]'), JSON.parse('"a"')];
  expect(new Set(details.map((detail) => bytesOf({ ...event, detail }).toString())).size).toBe(6);
});

test("bytesOf distinguishes a value that is neither string nor null from both", () => {
  const values = ["null", '"5"', "1e400", "5", "false", "[]", "{}"];
  const details = values.map((value) => JSON.parse(`{"from": ${value}}`));
  const [empty, text, ...others] = details.map((detail) => bytesOf({ ...event, detail }).toString());
  expect(empty).toContain('{"from":null}');
  expect(text).toContain('{"from":"5"}');
  for (const other of others) expect([empty, text]).not.toContain(other);
});

test("bytesOf distinguishes an instant outside JavaScript's range from every valid one", () => {
  expect(bytesOf({ ...event, occurredAt: new Date(Number.NaN) }).toString()).toContain('"grp_1",null,"usr_1"');
});
