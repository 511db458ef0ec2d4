import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "dotenv";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setVariable } from "@/lib/environment-variables/change";
import { variableName } from "@/lib/environment-variables/name";
import { toShell } from "@/lib/session-context/formats";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { serveApi } from "@/testing/api/server";
import { characterEnvironment, largestEnvironment, nastyEnvironment } from "@/testing/session-env/nasty-values";
import { bytesOf, execute, readEnvironment, script } from "@/testing/session-env/session-env";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant, type Tenant } from "@/testing/tenant";
import { isInstalled, mayBeSkipped, shells } from "./shells.mjs";

const nasty = nastyEnvironment();
const characters = characterEnvironment();
const largest = largestEnvironment();
const named = Object.fromEntries(
  ["_", "A".repeat(255), "DATABASE_URL", "user", ...acceptedNames()].map((name) => [name, `it's ${name}`]),
);
/** Shells set this variable before each command. */
const ofTheShell = "_";
/** Lists the shell's own variables, among other words. */
const listNames = "zmodload zsh/parameter zsh/zleparameter 2>/dev/null; set; typeset +; typeset; compgen -v; readonly";

let base: string;
let folder: string;
let tokens: Map<object, TestToken>;

beforeAll(async () => {
  base = await serveApi();
  const tenant = await createTenant();
  tokens = new Map();
  for (const environment of [nasty, characters, largest, named])
    tokens.set(environment, await tokenWith(tenant, environment));
}, 120_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "session-env-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function acceptedNames(): string[] {
  return sharedCases("env_name").flatMap(({ value, expect: expected }) =>
    expected === "accept" && typeof value === "string" ? [value] : [],
  );
}

async function tokenWith({ group }: Tenant, environment: Record<string, string>): Promise<TestToken> {
  const token = await createToken(group.admin, group.scope);
  for (const [name, value] of Object.entries(environment)) {
    await setVariable(group.admin, token.id, { name, value });
  }
  return token;
}

/** The URL, and the secret of the token with these variables. */
function access(environment: object) {
  const secret = tokens.get(environment)?.secret;
  if (!secret) throw new Error("there is no token with these variables");
  return { VEHAAS_URL: base, VEHAAS_TOKEN: secret };
}

const all = [
  ["nasty", nasty],
  ["single characters as", characters],
  ["the largest", largest],
  ["every accepted name's", named],
] as const;

describe.each(Object.entries(shells))("%s", (_, shell) => {
  const testShell = test.skipIf(mayBeSkipped(shell[0] ?? "") || !isInstalled("curl"));

  /** The environment of a command that the shell starts without the script. */
  async function plain(env: Record<string, string>) {
    writeFileSync(join(folder, "plain.sh"), 'exec "$@"\n');
    const { stdout } = await execute([...shell, "plain.sh", "env", "-0"], { cwd: folder, env });
    rmSync(join(folder, "plain.sh"));
    return readEnvironment(stdout);
  }

  testShell.each(all)("starts a command with %s values, byte for byte, and nothing else", async (_, environment) => {
    const { VEHAAS_TOKEN, ...others } = access(environment);
    const expected = new Map([...(await plain(others)), ...bytesOf(environment)]);
    const env = { ...others, VEHAAS_TOKEN };
    const { code, stdout, stderr } = await execute([...shell, script, "--", "env", "-0"], { cwd: folder, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const found = readEnvironment(stdout);
    for (const one of [expected, found]) one.delete(ofTheShell);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, value] of expected) expect.soft(found.get(name) === value, name).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync("/tmp/pwned")).toBe(false);
  });

  testShell.each(all)("writes a file of %s values that the shell can source", async (_, environment) => {
    const [env, file] = [access(environment), "context.sh"];
    const written = await execute([...shell, script, "--output", file], { cwd: folder, env });
    expect(written).toMatchObject({ code: 0, stderr: "" });
    expect(written.stdout.toString()).toBe("");
    expect(readFileSync(join(folder, file), "utf8")).toBe(toShell(sorted(environment)));
    const sourced = await execute([...shell, "-c", `. ./${file}; exec env -0`], { cwd: folder, env: {} });
    const found = readEnvironment(sourced.stdout);
    for (const [name, value] of bytesOf(environment)) {
      if (name !== ofTheShell) expect.soft(found.get(name) === value, name).toBe(true);
    }
    expect(sourced.stderr).toBe("");
    expect(readdirSync(folder)).toEqual([file]);
  });

  testShell("has no accepted name that the shell computes, changes or makes read-only", async () => {
    const listing = await execute([...shell, "-c", listNames], { cwd: folder, env: {} });
    const names = new Set([...listing.stdout.toString().matchAll(/[A-Za-z_]\w*/g)].map(([name]) => name));
    const accepted = [...names].filter((name) => name !== ofTheShell && variableName.safeParse(name).success);
    const environment = Object.fromEntries(accepted.map((name) => [name, "x[$(>ran)]"]));
    const { stdout } = await execute([...shell, "-c", `${toShell(environment)}exec env -0`], { cwd: folder, env: {} });
    const found = readEnvironment(stdout);
    expect(accepted.filter((name) => found.get(name) !== environment[name])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test.skipIf(mayBeSkipped("dash") || !isInstalled("curl"))("writes a file that dotenv reads", async () => {
  const options = ["--output", "context.env", "--format", "dotenv"];
  await execute(["sh", script, ...options], { cwd: folder, env: access(named) });
  expect(parse(readFileSync(join(folder, "context.env")))).toEqual(named);
});

function sorted(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).sort(([one], [other]) => (one < other ? -1 : 1)));
}
