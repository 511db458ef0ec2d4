import { beforeAll, describe, expect, it } from "vitest";
import { deleteAccessToken } from "@/lib/access-tokens/change";
import { readSessionContext } from "@/lib/session-context/context";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { withBrokenAuditLog } from "@/testing/database/database-owner";
import { storedVariables } from "@/testing/environment-variables";
import { outcomes, refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import { removeVariable, setVariable } from "./change";
import { applyDotenv } from "./dotenv-import";
import { limits } from "./limits";
import { listVariables } from "./queries";

const first = { name: "FIRST", value: "one\r\ntwo\n" };
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant();
});

async function newToken(admin = false) {
  const { group } = tenant;
  const token = await createToken(group.admin, group.scope, { admin });
  const set = (input: Parameters<typeof setVariable>[2]) => setVariable(group.admin, token.id, input);
  return { token, set, context: () => readSessionContext(token.actor, token) };
}

describe("setting a variable", () => {
  it("stores it sealed, returns it without its value, and records its name in the audit log", async () => {
    const { token, set, context } = await newToken();
    const { variable, isNew } = await set(first);
    const { group } = tenant;
    expect(isNew).toBe(true);
    expect(variable).toEqual({
      name: "FIRST",
      size: 9,
      revision: expect.stringMatching(/^rev_/),
      updatedAt: expect.any(Date),
      updatedBy: { id: group.admin.userId, name: group.admin.name },
    });
    expect(await context()).toEqual({ FIRST: first.value });
    expect(await listVariables(group.admin, token.id)).toEqual({ variables: [variable], usedBytes: 14 });
    expect((await storedVariables(token.id)).sealed?.includes("two")).toBe(false);
    expect(await eventsOn(token.id)).toContainEqual({
      action: "environment_variable.added",
      actorId: group.admin.userId,
      detail: { name: "FIRST" },
    });
  });

  it("replaces a value, and keeps the others", async () => {
    const { token, set, context } = await newToken();
    const { variable } = await set(first);
    await set({ name: "SECOND", value: "" });
    const replaced = await set({ name: "FIRST", value: "other", expected: variable.revision });
    expect(replaced.isNew).toBe(false);
    expect(replaced.variable.revision).not.toBe(variable.revision);
    expect(await context()).toEqual({ FIRST: "other", SECOND: "" });
    expect((await eventsOn(token.id)).map(({ action }) => action)).toContain("environment_variable.replaced");
  });

  it("accepts names of JavaScript's object properties", async () => {
    const { set, context } = await newToken();
    for (const name of ["constructor", "__proto__", "hasOwnProperty"]) await set({ name, value: name });
    expect(Object.entries(await context())).toEqual([
      ["__proto__", "__proto__"],
      ["constructor", "constructor"],
      ["hasOwnProperty", "hasOwnProperty"],
    ]);
  });

  it("refuses an invalid name or value on its field", async () => {
    const { set, context } = await newToken();
    for (const [field, input] of [
      ["name", { name: "LD_PRELOAD", value: "x" }],
      ["name", { name: "a b", value: "x" }],
      ["value", { name: "A", value: "\0" }],
      ["value", { name: "A", value: "\ud800" }],
    ] as const) {
      const { code, errors } = await refusal((async () => set(input))());
      expect([code, errors[0]?.field]).toEqual(["invalid", field]);
    }
    expect(await context()).toEqual({});
  });

  it("conflicts with an earlier change, names its author, and keeps it", async () => {
    const { set, context } = await newToken();
    const { variable } = await set(first);
    await set({ name: "FIRST", value: "theirs" });
    expect(await refusal(set({ name: "FIRST", value: "mine", expected: variable.revision }))).toMatchObject({
      code: "conflict",
      message: `FIRST was changed in the meantime by ${tenant.group.admin.name}, so your change was not made.`,
    });
    const { code, errors } = await refusal(set({ name: "FIRST", value: "mine", expected: null }));
    expect([code, errors[0]?.field]).toEqual(["conflict", "name"]);
    expect((await refusal(set({ name: "GONE", value: "mine", expected: variable.revision }))).code).toBe("conflict");
    expect(await context()).toEqual({ FIRST: "theirs" });
  });

  it("succeeds for one of two concurrent changes of the same revision", async () => {
    const { set } = await newToken();
    const { variable } = await set(first);
    const race = ["a", "b", "c"].map((value) => set({ name: "FIRST", value, expected: variable.revision }));
    expect(await outcomes(race)).toEqual({ done: 1, conflict: 2 });
  });

  it("loses none of several concurrent changes", async () => {
    const { set, context } = await newToken();
    const names = Array.from({ length: 8 }, (_, index) => `N${index}`);
    await Promise.all(names.map((name) => set({ name, value: name })));
    expect(Object.keys(await context())).toEqual(names);
  });

  it("changes nothing if it can't be recorded", async () => {
    const { token, set, context } = await newToken();
    await set(first);
    await withBrokenAuditLog(() => expect(set({ name: "FIRST", value: "lost" })).rejects.toThrow());
    await withBrokenAuditLog(() => expect(set({ name: "NEW", value: "lost" })).rejects.toThrow());
    expect(await context()).toEqual({ FIRST: first.value });
    expect((await storedVariables(token.id)).names).toEqual(["FIRST"]);
  });
});

describe("the limits", () => {
  it("apply to the bytes of all names and values, under concurrency too", async () => {
    const { token, set } = await newToken();
    await set({ name: "BIG_1", value: "x".repeat(limits.valueBytes) });
    await set({ name: "BIG_2", value: "x".repeat(limits.valueBytes) });
    const left = limits.totalBytes - 2 * limits.valueBytes - 10;
    const sized = (name: string) => ({ name, value: "x".repeat(left - name.length) });
    expect(await outcomes([set(sized("R1")), set(sized("R2")), set(sized("R3"))])).toEqual({ done: 1, invalid: 2 });
    const { usedBytes } = await listVariables(tenant.group.admin, token.id);
    expect(usedBytes).toBe(limits.totalBytes);
    const { errors } = await refusal(set({ name: "X", value: "" }));
    expect(errors).toEqual([
      {
        field: "value",
        message:
          "The names and values of all environment variables together have at most 128 KiB; this would make 128.1 KiB. Shorten or remove some first.",
      },
    ]);
  });

  it("apply to the number of variables", async () => {
    const { token, set } = await newToken();
    const names = Array.from({ length: limits.variables - 1 }, (_, count) => `V${count}`);
    await applyDotenv(tenant.group.admin, token.id, {
      text: names.map((name) => `${name}=`).join("\n"),
      expected: Object.fromEntries(names.map((name) => [name, null])),
      leaveOutRefused: false,
    });
    expect(await outcomes([set({ name: "X1", value: "" }), set({ name: "X2", value: "" })])).toEqual({
      done: 1,
      invalid: 1,
    });
    expect(await set({ name: "V0", value: "still possible" })).toMatchObject({ isNew: false });
    expect((await refusal(set({ name: "X3", value: "" }))).errors[0]?.field).toBe("name");
  });
});

describe("removing a variable", () => {
  it("removes its value, and records it in the audit log", async () => {
    const { token, set, context } = await newToken();
    const { group } = tenant;
    await set(first);
    await set({ name: "SECOND", value: "2" });
    await removeVariable(group.admin, token.id, { name: "FIRST" });
    expect(await context()).toEqual({ SECOND: "2" });
    expect((await storedVariables(token.id)).names).toEqual(["SECOND"]);
    const events = await eventsOn(token.id);
    expect(events.map(({ action }) => action)).toContain("environment_variable.removed");
    expect((await refusal(removeVariable(group.admin, token.id, { name: "FIRST" }))).code).toBe("not_found");
  });

  it("does not remove a variable that was changed meanwhile", async () => {
    const { token, set, context } = await newToken();
    const { group } = tenant;
    const { variable } = await set(first);
    await set({ name: "FIRST", value: "theirs" });
    const remove = removeVariable(group.admin, token.id, { name: "FIRST", expected: variable.revision });
    expect((await refusal(remove)).code).toBe("conflict");
    expect(await context()).toEqual({ FIRST: "theirs" });
  });

  it("happens to all variables with the token", async () => {
    const { token, set } = await newToken();
    await set(first);
    await deleteAccessToken(tenant.group.admin, token.id);
    expect(await storedVariables(token.id)).toEqual({ names: [], sealed: undefined });
  });
});

describe("authorization", () => {
  const attempts: [string, (tenant: Tenant, own: TestToken) => Promise<unknown>, string][] = [
    ["a group user", ({ group }, { id }) => setVariable(group.user, id, first), "forbidden"],
    ["another group's admin", ({ otherGroup }, { id }) => setVariable(otherGroup.admin, id, first), "not_found"],
    [
      "an organization admin",
      ({ organizationAdmin }, { id }) => setVariable(organizationAdmin, id, first),
      "forbidden",
    ],
    ["the token itself, with the user role", (_tenant, own) => setVariable(own.actor, own.id, first), "forbidden"],
    ["a group user who lists", ({ group }, { id }) => listVariables(group.user, id), "not_found"],
    ["a group user who removes", ({ group }, { id }) => removeVariable(group.user, id, first), "forbidden"],
    [
      "another group's admin who removes",
      ({ otherGroup }, { id }) => removeVariable(otherGroup.admin, id, first),
      "not_found",
    ],
  ];

  it.each(attempts)("%s is refused", async (_who, attempt, code) => {
    const { token, set, context } = await newToken();
    await set({ name: "KEPT", value: "1" });
    expect((await refusal(attempt(tenant, token))).code).toBe(code);
    expect(await context()).toEqual({ KEPT: "1" });
  });

  it("a user-role token lists its own, an admin-role token changes those of its group", async () => {
    const [{ token: user, set }, { token: admin }] = [await newToken(), await newToken(true)];
    await set(first);
    expect((await listVariables(user.actor, user.id)).variables.map(({ name }) => name)).toEqual(["FIRST"]);
    const { variable } = await setVariable(admin.actor, user.id, { name: "BY_TOKEN", value: "2" });
    expect(variable.updatedBy).toEqual({ id: admin.actor.userId, name: admin.actor.name });
    expect((await refusal(listVariables(user.actor, admin.id))).code).toBe("not_found");
  });
});

describe("reading them for a session", () => {
  it("is recorded with the technical user as actor, once in five minutes", async () => {
    const { token, set, context } = await newToken();
    await set(first);
    await Promise.all([context(), context(), context()]);
    await context();
    const events = (await eventsOn(token.id)).filter(({ action }) => action === "session_context.read");
    expect(events).toEqual([{ action: "session_context.read", actorId: token.actor.userId, detail: {} }]);
  });

  it("returns no value if it can't be recorded, and is recorded the next time", async () => {
    const { token, set, context } = await newToken();
    await set(first);
    await withBrokenAuditLog(() => expect(context()).rejects.toThrow());
    expect(await context()).toEqual({ FIRST: first.value });
    const events = (await eventsOn(token.id)).filter(({ action }) => action === "session_context.read");
    expect(events).toHaveLength(1);
  });
});
