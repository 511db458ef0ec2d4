import { beforeAll, describe, expect, it } from "vitest";
import { readSessionContext } from "@/lib/session-context/context";
import { createToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { outcomes, refusal } from "@/testing/refusal";
import { createTenant, type Tenant } from "@/testing/tenant";
import { removeVariable, setVariable } from "./change";
import { applyDotenv, dotenvText, type Plan, planDotenv } from "./dotenv-import";

let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant();
});

async function newToken() {
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  const set = (name: string, value: string) => setVariable(admin, token.id, { name, value });
  const plan = (text: string) => planDotenv(admin, token.id, text);
  const apply = (text: string, shown: Plan, leaveOutRefused = false) =>
    applyDotenv(admin, token.id, { text, expected: expectedOf(shown), leaveOutRefused });
  return { token, set, plan, apply, context: () => readSessionContext(token.actor, token) };
}

function expectedOf({ lines }: Plan): Record<string, string | null> {
  return Object.fromEntries(lines.flatMap((line) => (line.kind === "refused" ? [] : [[line.name, line.expected]])));
}

describe("the preview of a .env text", () => {
  it("shows the outcome of each line, and no value", async () => {
    const { set, plan } = await newToken();
    const { variable } = await set("B", "old");
    const shown = await plan("A='secret 1'\nB=secret2\nTZ=UTC\nPATH=/evil\nwhat\nC=1\nC=2\n");
    expect(shown.lines).toEqual([
      { kind: "added", line: 1, name: "A", size: 8, warning: null, expected: null },
      { kind: "replaced", line: 2, name: "B", size: 7, warning: null, expected: variable.revision },
      { kind: "added", line: 3, name: "TZ", size: 3, warning: expect.stringContaining("time zone"), expected: null },
      { kind: "refused", line: 4, name: "PATH", reason: expect.stringContaining("PATH is reserved") },
      { kind: "refused", line: 5, name: null, reason: "This is not NAME=value." },
      { kind: "refused", line: 6, name: "C", reason: "C is set again in line 7. Keep one of the two." },
      { kind: "added", line: 7, name: "C", size: 1, warning: null, expected: null },
    ]);
    expect(shown).toMatchObject({ variables: 4, usedBytes: 9 + 8 + 5 + 2, problem: null });
    expect(JSON.stringify(shown)).not.toContain("secret");
  });

  it("says if the text can't be applied at all", async () => {
    const { plan } = await newToken();
    expect((await plan("# nothing\n")).problem).toBe("No line of this text sets a variable.");
    const many = Array.from({ length: 201 }, (_, index) => `V${index}=1`).join("\n");
    expect((await plan(many)).problem).toContain("at most 200 environment variables; this would make 201");
    const big = ["A", "B", "C"].map((name) => `${name}=${"x".repeat(48 * 1024)}`).join("\n");
    expect((await plan(big)).problem).toContain("at most 128 KiB; this would make 144.1 KiB");
  });

  it("covers at most 1,000 lines, and says so at once for more", async () => {
    const { set, plan, apply } = await newToken();
    await set("A", "x");
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `V${index}=`).join("\n\n#\n");
    expect((await plan(lines(1000))).lines).toHaveLength(1000);
    const shown = await plan(lines(1001));
    const problem = expect.stringMatching(/more than 1,000 lines.*at most 200 environment variables/);
    expect(shown).toEqual({ lines: [], usedBytes: 2, variables: 1, problem });
    expect((await refusal(apply(lines(1001), shown, true))).errors).toEqual([
      { field: "text", message: shown.problem },
    ]);
  });

  it("shows no part of an unquoted key, and takes no line of it for a name", async () => {
    const { token, plan, apply, context } = await newToken();
    const text = "A=1\nKEY=-----BEGIN KEY-----\nMIIEow=\n-----END KEY-----\nB=2\n";
    const shown = await plan(text);
    const [first, begin, secret, end, last] = shown.lines;
    const reason = "Put a value of many lines in quotes.";
    for (const [index, one] of [begin, secret, end].entries()) {
      expect(one).toEqual({ kind: "refused", line: index + 2, name: null, reason });
    }
    expect([first, last]).toMatchObject([{ name: "A" }, { name: "B" }]);
    expect((await refusal(apply(text, shown))).code).toBe("invalid");
    await apply(text, shown, true);
    expect(await context()).toEqual({ A: "1", B: "2" });
    expect(JSON.stringify([shown, await eventsOn(token.id)])).not.toContain("MIIEow");
  });

  it("accepts up to 256 KiB of text, but no empty text", () => {
    expect(dotenvText.safeParse("#".repeat(256 * 1024)).success).toBe(true);
    expect(dotenvText.safeParse("#".repeat(256 * 1024 + 1)).success).toBe(false);
    expect(dotenvText.safeParse(" \n").success).toBe(false);
  });
});

describe("applying a .env text", () => {
  it("does what was shown, in one event", async () => {
    const { token, set, plan, apply, context } = await newToken();
    await set("B", "old");
    const text = "A='one\ntwo'\nB=new\n";
    expect(await apply(text, await plan(text))).toEqual({ added: 1, replaced: 1 });
    expect(await context()).toEqual({ A: "one\ntwo", B: "new" });
    expect(await eventsOn(token.id)).toContainEqual({
      action: "environment_variable.imported",
      actorId: tenant.group.admin.userId,
      detail: { added: "A", replaced: "B" },
    });
  });

  it("does nothing while a line is refused, unless refused lines are left out", async () => {
    const { plan, apply, context } = await newToken();
    const text = "A=1\nPATH=/evil\n";
    const shown = await plan(text);
    expect((await refusal(apply(text, shown))).errors[0]?.field).toBe("text");
    expect(await context()).toEqual({});
    expect(await apply(text, shown, true)).toEqual({ added: 1, replaced: 0 });
    expect(await context()).toEqual({ A: "1" });
  });

  it("does nothing if a variable has changed since the preview", async () => {
    const { token, set, plan, apply, context } = await newToken();
    await set("B", "old");
    const text = "A=1\nB=mine\n";
    const shown = await plan(text);
    await set("B", "theirs");
    expect((await refusal(apply(text, shown))).code).toBe("conflict");
    await removeVariable(tenant.group.admin, token.id, { name: "B" });
    expect((await refusal(apply(text, shown))).code).toBe("conflict");
    await set("A", "theirs");
    expect((await refusal(apply(text, shown))).code).toBe("conflict");
    expect(await context()).toEqual({ A: "theirs" });
  });

  it("does nothing over a limit, under concurrency too", async () => {
    const { plan, apply, context } = await newToken();
    const text = (letter: string) => Array.from({ length: 120 }, (_, index) => `${letter}${index}=1`).join("\n");
    const runs = ["A", "B"].map(async (letter) => apply(text(letter), await plan(text(letter))));
    expect(await outcomes(runs)).toEqual({ done: 1, invalid: 1 });
    expect(Object.keys(await context())).toHaveLength(120);
  });

  it("is allowed to actors who may change the token", async () => {
    const { token, context } = await newToken();
    const { group, otherGroup } = tenant;
    const input = { text: "A=1", expected: { A: null }, leaveOutRefused: false };
    const codes = [
      refusal(applyDotenv(group.user, token.id, input)),
      refusal(applyDotenv(otherGroup.admin, token.id, input)),
      refusal(applyDotenv(token.actor, token.id, input)),
      refusal(planDotenv(token.actor, token.id, "A=1")),
      refusal(planDotenv(group.user, token.id, "A=1")),
    ].map(async (refused) => (await refused).code);
    expect(await Promise.all(codes)).toEqual(["forbidden", "not_found", "forbidden", "forbidden", "not_found"]);
    expect(await context()).toEqual({});
  });
});
