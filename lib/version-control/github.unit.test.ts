import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { startGithub } from "@/lib/testing/stand-ins/github";
import { githubToken } from "@/lib/testing/stand-ins/github-credentials";
import type { Fault } from "@/lib/testing/stand-ins/server";
import { githubApi } from "./github-client";
import { type Access, checkAccess, findRunnersByDescription, registerRunner, unregisterRunner } from "./provider-check";

process.env.PROVIDER_ALLOWLIST = "127.0.0.1";

let github: Awaited<ReturnType<typeof startGithub>>;
beforeAll(async () => {
  github = await startGithub();
});
afterAll(() => github.close());
beforeEach(() => {
  github.failWith(undefined);
  github.runners.clear();
  github.requests.length = 0;
  github.state.registrationEnabled = true;
});

function access(kind: Parameters<typeof githubToken>[0], differs: Partial<Access> = {}): Access {
  const base = {
    providerType: "github",
    providerUrl: github.url,
    tokenScope: "project",
    targetId: "octo-org/octo-repo",
  } as const;
  return { ...base, token: githubToken(kind), acceptPersonalToken: false, ...differs };
}

async function refusal(work: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof DomainError)) throw error ?? new Error("it was not refused");
  expect(`${error.stack}${JSON.stringify(error)}${error.cause}`).not.toMatch(
    /ghp_|ghs_|github_pat_|0123456789abcdef|Bad credentials|documentation/,
  );
  return error;
}

const accepted = { acceptPersonalToken: true };
const group = { tokenScope: "group", targetId: "octo-org" } as const;
const expiry = new Date("2099-10-12T09:00:00Z");

test.each([
  ["https://github.com", "https://api.github.com"],
  ["https://api.github.com", "https://api.github.com"],
  ["https://octocorp.ghe.com", "https://api.octocorp.ghe.com"],
  ["https://api.octocorp.ghe.com", "https://api.octocorp.ghe.com"],
  ["https://github.example.com", "https://github.example.com/api/v3"],
  ["https://git.example.com:8443/hub", "https://git.example.com:8443/hub/api/v3"],
  ["https://notgithub.com", "https://notgithub.com/api/v3"],
  ["https://evilghe.com", "https://evilghe.com/api/v3"],
])("the API of %s is at %s", (url, api) => {
  expect(githubApi(url)).toBe(api);
});

describe("the check accepts", () => {
  test.each<[Parameters<typeof githubToken>[0], Partial<Access>, Date | null]>([
    ["installation", {}, null],
    ["installation", group, null],
    ["classic", accepted, expiry],
    ["classic", { ...accepted, ...group }, expiry],
    ["fineGrained", accepted, expiry],
    ["withoutPrefix", accepted, null],
  ])("%s %j", async (kind, differs, tokenExpiresAt) => {
    expect(await checkAccess(access(kind, differs))).toEqual({ tokenExpiresAt });
    expect(github.requests.every((one) => one.headers.authorization === `Bearer ${githubToken(kind)}`)).toBe(true);
  });
});

describe("the check refuses", () => {
  test.each<[Parameters<typeof githubToken>[0], Partial<Access>, string, RegExp]>([
    ["rejected", {}, "credential_rejected", /expired, was revoked/],
    ["singleSignOn", accepted, "credential_rejected", /single sign-on/],
    ["classic", {}, "credential_is_personal", /a person's token/],
    ["fineGrained", {}, "credential_is_personal", /a person's token/],
    ["withoutPrefix", {}, "credential_is_personal", /a person's token/],
    ["classicNoScope", accepted, "missing_scope", /scope repo\./],
    ["classicNoScope", { ...accepted, ...group }, "missing_scope", /scope admin:org\./],
    ["fineGrainedNoPermission", accepted, "missing_scope", /Administration: Read and write/],
    ["installationNoPermission", group, "missing_scope", /Self-hosted runners \(organization\)/],
    ["classicNotAdmin", accepted, "missing_role", /admin of the repository/],
    ["installation", { targetId: "octo-org/missing" }, "target_not_found", /repository was not found/],
    ["blind", group, "target_not_found", /organization was not found/],
    ["installation", { targetId: "octo-org/old-name" }, "target_not_found", /has moved/],
    ["exhausted", {}, "rate_limited", /too many requests/],
    ["installation", { targetId: "octo-org" }, "invalid", /owner\/repo/],
    ["installation", { targetId: "octo-org/.." }, "invalid", /owner\/repo/],
    ["installation", { ...group, targetId: "octo-org/octo-repo" }, "invalid", /login of the organization/],
  ])("%s %j as %s", async (kind, differs, code, words) => {
    const error = await refusal(checkAccess(access(kind, differs)));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
  });

  test("a repository whose self-hosted runners are disabled", async () => {
    github.state.registrationEnabled = false;
    expect((await refusal(checkAccess(access("installation")))).code).toBe("registration_disabled");
  });

  test("until the limit is lifted", async () => {
    const { retryAfter } = await refusal(checkAccess(access("exhausted")));
    expect(retryAfter).toBeGreaterThan(80);
    expect(retryAfter).toBeLessThanOrEqual(91);
  });

  test.each<[Fault, string]>([
    ["rate_limited", "rate_limited"],
    ["error", "provider_unreachable"],
    ["html", "provider_not_recognized"],
    ["redirect", "provider_not_recognized"],
    ["huge", "provider_not_recognized"],
  ])("a server whose answer is %s as %s", async (fault, code) => {
    github.failWith(fault);
    expect((await refusal(checkAccess(access("installation")))).code).toBe(code);
  });
});

describe("a runner", () => {
  const options = { tags: ["linux"], runUntagged: false, description: "vehaas-run-1" };

  test("gets a registration token", async () => {
    const runner = await registerRunner(access("installation"), options);
    const expiresAt = new Date("2099-01-22T20:13:35.123Z");
    expect(runner).toEqual({
      remoteId: null,
      runnerToken: "LLBF3JGZDX3P5PMEXLND6TS6FCWO6",
      expiresAt,
      tags: ["linux"],
      runUntagged: false,
    });
  });

  test("is found and unregistered by its name, and again without complaint", async () => {
    github.runners.set(23, { id: 23, name: "vehaas-run-1", busy: false });
    github.runners.set(24, { id: 24, name: "another", busy: false });
    expect(await findRunnersByDescription(access("installation"), "vehaas-run-1")).toEqual(["23"]);
    const remote = { remoteId: null, description: "vehaas-run-1" };
    for (const _again of [1, 2]) await unregisterRunner(access("installation"), remote);
    for (const _again of [1, 2])
      await unregisterRunner(access("installation", group), { remoteId: "24", description: "" });
    expect(github.runners.size).toBe(0);
  });

  test("that still runs a job is not unregistered yet", async () => {
    github.runners.set(23, { id: 23, name: "vehaas-run-1", busy: true });
    const error = await refusal(unregisterRunner(access("installation"), { remoteId: "23", description: "" }));
    expect(error.code).toBe("conflict");
  });
});
