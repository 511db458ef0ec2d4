import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listen } from "@/server/start/process";
import { execute, script } from "@/testing/session-env/session-env";
import { isInstalled, mayBeSkipped, shells } from "./shells.mjs";

type StandInAnswer = { status: number; type?: string; text?: string; retryAfter?: string; breaksOff?: true };

const secret = `vhg_${"aB3".repeat(16)}z`;
const shellType = "text/x-shellscript; charset=utf-8";
const context: StandInAnswer = { status: 200, type: shellType, text: "export NAME='a value'\n" };
const busy: StandInAnswer = { status: 503, type: "application/problem+json", text: "{}", retryAfter: "0" };
const refused = (status: number, detail?: string): StandInAnswer => ({
  status,
  type: "application/problem+json",
  text: JSON.stringify({ type: "about:blank", status, detail, errors: [] }),
});

let base: string;
let folder: string;
let answers: StandInAnswer[];
let asked: IncomingMessage[];

/** Sends `answers` in order, and repeats the last one. */
const standIn = createServer((request, response) => {
  asked.push(request);
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  if (!answer) throw new Error("there is no answer");
  const { status, type, text = "", retryAfter, breaksOff } = answer;
  response.writeHead(status, {
    "content-length": Buffer.byteLength(text) + (breaksOff ? 10 : 0),
    ...(type ? { "content-type": type } : {}),
    ...(retryAfter ? { "retry-after": retryAfter } : {}),
  });
  if (breaksOff) response.write(text, () => response.destroy());
  else response.end(text);
});

beforeAll(async () => {
  base = await listen(standIn, 0, "127.0.0.1");
});
afterAll(() => standIn.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "session-env-"));
  answers = [context];
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(shells))("%s", (_, shell) => {
  const testShell = test.skipIf(mayBeSkipped(shell[0] ?? "") || !isInstalled("curl"));

  async function run(args: string[], env: Record<string, string | undefined> = {}) {
    const given = { VEHAAS_URL: base, VEHAAS_TOKEN: secret, VEHAAS_RETRIES: "0", ...env };
    const set = Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
    const { code, stdout, stderr } = await execute([...shell, script, ...args], { cwd: folder, env: set });
    return { code, stdout: stdout.toString(), stderr };
  }
  const print = ["--", "sh", "-c", 'printf %s "$NAME"'];
  const oneLine = (words: RegExp) => expect.stringMatching(new RegExp(`^session-env: [^\n]*${words.source}[^\n]*\n$`));

  testShell("requests its format with the secret, and passes everything but the secret to the command", async () => {
    const command = ["--", "sh", "-c", 'printf "%s|" "$@" "$NAME" "$VEHAAS_TOKEN" "$VEHAAS_URL"; exit 3', "sh"];
    const { code, stdout } = await run([...command, "two words", "", "*"]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: `two words||*|a value||${base}|` });
    expect(asked).toMatchObject([
      { url: "/api/v2.0/session-context", headers: { accept: "text/x-shellscript", "private-token": secret } },
    ]);
  });

  testShell.each([
    [401, 77, /doesn't accept the access token/],
    [404, 65, /404/],
    [406, 65, /can't be represented/],
    [400, 65, /refused.*400/],
    [403, 65, /refused.*403/],
    [302, 65, /isn't veHaaS/],
    [429, 75, /unavailable.*429/],
    [500, 75, /unavailable.*500/],
    [503, 75, /unavailable.*503/],
  ])("status %i ends it with %i, and the command isn't run", async (status, code, words) => {
    answers = [refused(status)];
    expect(await run(print)).toEqual({ code, stdout: "", stderr: oneLine(words) });
    expect(await run(["--output", "file"])).toEqual({ code, stdout: "", stderr: oneLine(words) });
    expect(readdirSync(folder)).toEqual([]);
  });

  testShell(
    "shows the reason of a refusal in one short printable line without the secret",
    async () => {
      for (const [detail, words] of [
        ['AWKWARD can\'t be written as "dotenv".', ` (406): AWKWARD can't be written as "dotenv".`],
        ["a \u001b[31mü\u009b b\u{7f}", " (406)"],
        ['C:\\ {"detail":"x"} \u009b\ufeff%s $(>ran) `>ran`', ` (406): C:\\ {"detail":"x"} %s $(>ran) \`>ran\``],
        ["x".repeat(400_000), ` (406): ${"x".repeat(298)}`],
        [`you sent ${secret}`, " (406)"],
        [`${"x".repeat(280)} ${secret}`, " (406)"],
      ] as const) {
        answers = [refused(406, detail)];
        const stderr = `session-env: a variable can't be represented in the format that was asked for${words}\n`;
        expect(await run(print)).toEqual({ code: 65, stdout: "", stderr });
        expect(await run(["--output", "file"])).toEqual({ code: 65, stdout: "", stderr });
      }
      answers = [{ ...refused(406, "not from veHaaS"), type: "text/html" }];
      expect(await run(print)).toEqual({ code: 65, stdout: "", stderr: oneLine(/asked for \(406\)/) });
      answers = [refused(403, "Not today.")];
      expect((await run(print)).stderr).toBe("session-env: veHaaS refused the request (403): Not today.\n");
      expect(readdirSync(folder)).toEqual([]);
    },
    60_000,
  );

  testShell("warns once before it sends the secret over a network without TLS", async () => {
    const warning = (host: string) => `session-env: warning: the secret goes to ${host} in the clear: use https://\n`;
    for (const [url, host] of [
      ["http://vehaas.invalid", "vehaas.invalid"],
      ["http://127.0.0.1.vehaas.invalid:3000/", "127.0.0.1.vehaas.invalid:3000"],
      ["http://localhost@vehaas.invalid", "vehaas.invalid"],
    ] as const) {
      const { stderr } = await run(print, { VEHAAS_URL: url, VEHAAS_RETRIES: "0" });
      expect(stderr.startsWith(warning(host))).toBe(true);
      expect(stderr.split("\n")).toHaveLength(3);
    }
    for (const url of ["http://localhost:1", "http://127.0.0.1:1/x", "http://[::1]:1", "https://vehaas.invalid"]) {
      const { stderr } = await run(print, { VEHAAS_URL: url });
      expect(stderr).not.toContain("warning");
    }
  });

  testShell("retries after 503, up to its limit", async () => {
    answers = [busy, busy, context];
    expect(await run(print, { VEHAAS_RETRIES: "2" })).toEqual({ code: 0, stdout: "a value", stderr: "" });
    expect(asked.length).toBe(3);
    answers = [busy];
    expect((await run(print, { VEHAAS_RETRIES: "1" })).stderr).toMatch(/asked 2 times/);
    expect(asked.length).toBe(5);
  });

  testShell("says what is wrong with the network, and retries", async () => {
    const nowhere = { VEHAAS_URL: "http://127.0.0.1:1", VEHAAS_RETRIES: "1" };
    expect(await run(print, nowhere)).toEqual({
      code: 69,
      stdout: "",
      stderr: oneLine(/no connection, tried 2 times/),
    });
    const unknown = await run(print, { VEHAAS_URL: "https://vehaas.invalid" });
    expect(unknown).toEqual({ code: 69, stdout: "", stderr: oneLine(/vehaas\.invalid can't be reached/) });
    const tls = await run(print, { VEHAAS_URL: base.replace("http:", "https:") });
    expect(tls).toEqual({ code: 69, stdout: "", stderr: oneLine(/can't be reached/) });
  });

  testShell("uses nothing of an incomplete response, or of one that isn't veHaaS's", async () => {
    answers = [{ ...context, breaksOff: true }];
    expect(await run(print)).toEqual({ code: 69, stdout: "", stderr: oneLine(/broke off/) });
    expect(await run(["--output", "file"])).toMatchObject({ code: 69 });
    for (const type of ["text/html", "text/x-shellscripts", undefined]) {
      answers = [{ status: 200, type, text: "touch ran\n" }];
      expect(await run(print)).toEqual({ code: 65, stdout: "", stderr: oneLine(/isn't veHaaS/) });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  testShell("writes the file completely or not at all, and readable only for its owner", async () => {
    writeFileSync(join(folder, "-context"), "old", { mode: 0o644 });
    expect(await run(["--output", "-context"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(folder, "-context"), "utf8")).toBe(context.text);
    expect(statSync(join(folder, "-context")).mode & 0o777).toBe(0o600);
    answers = [{ ...context, text: "export NA", breaksOff: true }];
    expect(await run(["--output", "-context"])).toMatchObject({ code: 69 });
    expect(readFileSync(join(folder, "-context"), "utf8")).toBe(context.text);
    expect(readdirSync(folder)).toEqual(["-context"]);
    expect(await run(["--output", "."])).toEqual({ code: 73, stdout: "", stderr: oneLine(/is a folder/) });
    expect(await run(["--output", "no/file"])).toEqual({ code: 73, stdout: "", stderr: oneLine(/can't be written/) });
  });

  testShell("requests dotenv", async () => {
    answers = [{ status: 200, type: "text/x-dotenv; charset=utf-8", text: "NAME=a value\n" }];
    expect(await run(["--format", "dotenv", "--output", "file"])).toMatchObject({ code: 0, stderr: "" });
    expect(asked[0]?.headers.accept).toBe("text/x-dotenv");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("NAME=a value\n");
  });

  testShell("reads the secret from a file that others can't read", async () => {
    const file = join(folder, "token");
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    const noToken = { VEHAAS_TOKEN: undefined };
    expect(await run(["--token-file", file, ...print], noToken)).toMatchObject({ code: 0, stdout: "a value" });
    expect(await run(["--token-file", "token", ...print], noToken)).toMatchObject({ code: 0, stdout: "a value" });
    expect(await run(print, { ...noToken, VEHAAS_TOKEN_FILE: file })).toMatchObject({ code: 0, stdout: "a value" });
    for (const mode of [0o604, 0o602, 0o620]) {
      chmodSync(file, mode);
      expect(await run(["--token-file", file, ...print], noToken)).toMatchObject({
        code: 78,
        stderr: oneLine(/open to/),
      });
    }
    writeFileSync(file, secret, { mode: 0o640 });
    chmodSync(file, 0o640);
    expect(await run(["--token-file", file, ...print], noToken)).toMatchObject({ code: 0, stdout: "a value" });
    writeFileSync(file, `${secret}\r\n`);
    expect(await run(["--token-file", file, ...print], noToken)).toMatchObject({ code: 0, stdout: "a value" });
    expect(asked.at(-1)?.headers["private-token"]).toBe(secret);
    writeFileSync(file, `${secret}\r\r\n`);
    expect(await run(["--token-file", file, ...print], noToken)).toMatchObject({ code: 78 });
    writeFileSync(join(folder, "-token"), secret, { mode: 0o600 });
    expect(await run(["--token-file", "-token", ...print], noToken)).toMatchObject({ code: 0, stdout: "a value" });
    const none = await run(["--token-file", "none", ...print], noToken);
    expect(none).toMatchObject({ code: 78, stderr: oneLine(/can't be read/) });
    expect(await run(print, noToken)).toMatchObject({ code: 78, stderr: oneLine(/no secret/) });
  });

  testShell.each([
    "short",
    `${secret}0`,
    secret.replace("vhg", "vhx"),
    `${secret}"\noutput = "ran`,
    `vhg_${'"\\\n'.repeat(16)}a`,
    `vhg_${"é".repeat(49)}`,
  ])("refuses the secret %j before curl sees it, and doesn't repeat it", async (VEHAAS_TOKEN) => {
    const { code, stderr } = await run(print, { VEHAAS_TOKEN });
    expect({ code, stderr }).toEqual({ code: 78, stderr: oneLine(/isn't one of veHaaS/) });
    expect(stderr).not.toContain(VEHAAS_TOKEN);
    expect(asked).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  testShell.each([
    [[]],
    [["--"]],
    [["--", ""]],
    [["--", "-c", "id"]],
    [["env"]],
    [["--token", secret, "--", "env"]],
    [["--url"]],
    [["--output", "file", "--", "env"]],
    [["--output", "file", "--format", "yaml"]],
    [["--format", "shell", "--", "env"]],
    [["--url", "file:///etc/passwd", "--", "env"]],
    [["--url", "-o", "--", "env"]],
  ])("%j is a usage error", async (args) => {
    expect(await run(args)).toMatchObject({ code: 64, stdout: "", stderr: oneLine(/ /) });
    expect(asked).toEqual([]);
  });

  testShell("accepts a URL with the API's base path", async () => {
    for (const url of [`${base}/`, `${base}/api/v2.0`, `${base}/api/v2.0/`]) {
      expect(await run(["--url", url, ...print], { VEHAAS_URL: undefined })).toMatchObject({ code: 0 });
    }
    expect(asked.map(({ url }) => url)).toEqual(new Array(3).fill("/api/v2.0/session-context"));
  });

  testShell("exits with 127 if the command doesn't exist", async () => {
    expect(await run(["--", "no-such-command"])).toMatchObject({ code: 127, stdout: "" });
  });

  testShell("puts the secret in no argument, environment, trace or message", async () => {
    mkdirSync(join(folder, "bin"));
    const record = join(folder, "record");
    for (const name of ["curl", "printf", "sleep", "ls", "mv", "rm", "cat"]) {
      const recording = `#!/bin/sh\n{ echo ${name} "$@"; env; } >>${record}\nPATH=$REAL_PATH exec ${name} "$@"\n`;
      writeFileSync(join(folder, "bin", name), recording, { mode: 0o755 });
    }
    const real = process.env.PATH ?? "";
    const env = {
      PATH: `${join(folder, "bin")}:${real}`,
      REAL_PATH: real,
      vehaas_secret: "exported",
      VEHAAS_RETRIES: "2",
    };
    answers = [busy, context, { status: 200, type: shellType, text: "export NAME='hidden value'\n" }];
    const given = { VEHAAS_URL: base, VEHAAS_TOKEN: secret, ...env };
    const traced = await execute([...shell, "-x", script, "--output", "file"], { cwd: folder, env: given });
    const ran = await execute([...shell, "-xv", script, "--", "true"], { cwd: folder, env: given });
    expect([traced.code, ran.code]).toEqual([0, 0]);
    expect(asked.map(({ headers }) => headers["private-token"])).toEqual([secret, secret, secret]);
    const recorded = readFileSync(record, "utf8");
    expect(recorded).toMatch(/^curl .*--config -/m);
    for (const text of [recorded, traced.stderr, ran.stderr, traced.stdout.toString(), ran.stdout.toString()]) {
      expect(text).not.toContain(secret);
      expect(text).not.toMatch(/a value|hidden value/);
    }
  });

  testShell("says so if curl is missing", async () => {
    const [command = "", ...args] = shell;
    const bin = join(folder, "bin");
    mkdirSync(bin);
    symlinkSync(pathOf("printf"), join(bin, "printf"));
    const env = { PATH: bin, VEHAAS_URL: base, VEHAAS_TOKEN: secret };
    const { code, stderr } = await execute([pathOf(command), ...args, script, "--", "true"], { cwd: folder, env });
    expect({ code, stderr }).toEqual({ code: 78, stderr: oneLine(/curl is missing/) });
  });
});

function pathOf(command: string): string {
  const places = (process.env.PATH ?? "").split(delimiter).map((place) => join(place, command));
  const found = places.find((path) => existsSync(path));
  if (!found) throw new Error(`${command} isn't on this machine`);
  return found;
}
