import { execFile } from "node:child_process";
import { beforeEach, expect, test } from "vitest";
import { createThrottle } from "@/lib/sign-in/throttle";
import { refusal } from "@/testing/refusal";
import { createTenant } from "@/testing/tenant";

type Ended = { code: number; stdout: string; stderr: string };

function run(script: string, given: string[], env: Record<string, string> = {}): Promise<Ended> {
  const call = ["--import", "tsx", `scripts/${script}.ts`, ...given];
  return new Promise((resolve) => {
    execFile(process.execPath, call, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const unlock = (...given: string[]) => run("unlock-person", given);

let email: string;
const throttled = createThrottle();
const signIn = () => throttled({ email, address: "192.0.2.1" }, async () => "person");

beforeEach(async () => {
  email = (await createTenant()).group.admin.email;
});

test("npm run people:unlock clears a person's failed sign-ins, and says so", async () => {
  for (let time = 0; time < 5; time++) await throttled({ email, address: "192.0.2.1" }, async () => undefined);
  expect(await refusal(signIn())).toMatchObject({ code: "rate_limited" });
  expect(await unlock(email.toUpperCase())).toEqual({
    code: 0,
    stdout: `Unlocked ${email.toUpperCase()}: cleared 2 counts of failed sign-ins. Counts of networks stay, for five minutes at most.\n`,
    stderr: "",
  });
  expect(await signIn()).toBe("person");
  const nothing = `There were no failed sign-ins of ${email} to clear: nothing was locked.\n`;
  expect(await unlock(email)).toEqual({ code: 0, stdout: nothing, stderr: "" });
}, 60_000);

test("an unknown e-mail address, a wrong number of them, and an option are refused in one line", async () => {
  const usage = "Give one e-mail address, and nothing else: npm run people:unlock -- ada@example.com\n";
  expect(await unlock("nobody@example.com")).toEqual({
    code: 1,
    stdout: "",
    stderr: "Nobody has the e-mail address nobody@example.com.\n",
  });
  for (const given of [[], [email, "--force"], ["nobody"], ["--x@example.com"]]) {
    expect(await unlock(...given)).toEqual({ code: 1, stdout: "", stderr: usage });
  }
}, 120_000);

test("an organization whose admin couldn't sign in is not created", async () => {
  const given = ["Example Ltd", "ada@example.com", "Ada Admin"];
  expect(await run("create-organization", given, { LOCAL_PASSWORDS: "off" })).toEqual({
    code: 1,
    stdout: "",
    stderr: "LOCAL_PASSWORDS is off and OIDC_ISSUER is missing: the admin could not sign in.\n",
  });
  const oidc = { OIDC_ISSUER: "https://login.example.com", OIDC_CLIENT_ID: "id", OIDC_CLIENT_SECRET: "secret" };
  const made = await run("create-organization", given, { LOCAL_PASSWORDS: "off", ...oidc });
  expect(made).toEqual({ code: 0, stdout: "Created “Example Ltd”. Its admin is ada@example.com.\n", stderr: "" });
}, 60_000);
