import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { githubNumber, startGithub } from "@/testing/stand-ins/github";
import { githubToken } from "@/testing/stand-ins/github-credentials";
import type { Fault } from "@/testing/stand-ins/server";
import { githubApi } from "./github-client";
import { checkAccess, type ProviderCredential, registerRunner, unregisterRunner } from "./provider-check";

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
  Object.assign(github.state, { registrationEnabled: true, names: "kept", movedTo: undefined });
});

function access(
  kind: Parameters<typeof githubToken>[0],
  differs: Partial<ProviderCredential> = {},
): ProviderCredential {
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
  test.each<[Parameters<typeof githubToken>[0], Partial<ProviderCredential>, Date | null]>([
    ["installation", {}, null],
    ["installation", group, null],
    ["classic", accepted, expiry],
    ["classic", { ...accepted, ...group }, expiry],
    ["fineGrained", accepted, expiry],
    ["withoutPrefix", accepted, null],
  ])("%s %j", async (kind, differs, tokenExpiresAt) => {
    expect(await checkAccess(access(kind, differs))).toEqual({ tokenExpiresAt, targetNumber: "1296269" });
    expect(github.requests.every((one) => one.headers.authorization === `Bearer ${githubToken(kind)}`)).toBe(true);
  });
});

describe("the check refuses", () => {
  test.each<[Parameters<typeof githubToken>[0], Partial<ProviderCredential>, string, RegExp]>([
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

  test("a repository with self-hosted runners disabled", async () => {
    github.state.registrationEnabled = false;
    expect((await refusal(checkAccess(access("installation")))).code).toBe("registration_disabled");
  });

  test("every call until the rate limit ends", async () => {
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
  ])("a server whose response is %s as %s", async (fault, code) => {
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

  test("is found by its name and unregistered, and a second time without an error", async () => {
    github.runners.set(23, { id: 23, name: "vehaas-run-1", busy: false });
    github.runners.set(24, { id: 24, name: "another", busy: false });
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

describe("a target renamed or transferred since", () => {
  const known = { targetNumber: String(githubNumber) };
  const run = { id: 23, name: "run_1", busy: false };
  const remote = { remoteId: null, description: "run_1" };
  const organization = { ...group, ...known };

  test.each<[string, Partial<ProviderCredential>, "changed" | "taken", RegExp]>([
    ["a renamed repository", known, "changed", /repository has moved. Enter its new name/],
    ["one that no check has seen", {}, "changed", /repository has moved. Enter its new name/],
    ["a repository whose name a stranger has taken", known, "taken", /Another repository has this name/],
    ["a renamed organization", organization, "changed", /organization was not found/],
    ["an organization whose name a stranger has taken", organization, "taken", /Another organization has this name/],
  ])("%s is not found by a check or for a runner", async (_what, differs, names, words) => {
    github.state.names = names;
    const options = { tags: ["linux"], runUntagged: false, description: "run_1" };
    for (const ask of [checkAccess, (of: ProviderCredential) => registerRunner(of, options)]) {
      const error = await refusal(ask(access("installation", differs)));
      expect([error.code, error.message]).toEqual(["target_not_found", expect.stringMatching(words)]);
    }
    // With a known number, the only request about the name's new owner is for its number.
    const asked = github.requests.filter(({ method }) => method === "POST");
    expect(asked).toHaveLength(differs.targetNumber ? 0 : 1);
  });

  test.each<[string, Partial<ProviderCredential>, "changed" | "taken"]>([
    ["a renamed repository", known, "changed"],
    ["one that no check has seen, by GitHub's own redirect,", {}, "changed"],
    ["a repository whose name a stranger has taken", known, "taken"],
    ["a renamed organization", organization, "changed"],
    ["an organization whose name a stranger has taken", organization, "taken"],
  ])("%s has its runner found and unregistered by its number", async (_what, differs, names) => {
    github.state.names = names;
    github.runners.set(23, run);
    expect(await unregisterRunner(access("installation", differs), remote)).toBe(true);
    expect(github.runners.size).toBe(0);
    const removals = github.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
    expect(removals).toEqual([expect.stringMatching(/^\/api\/v3\/(?:repositories|organizations)\/1296269\//)]);
  });

  test("is not found by a redirect to another host, or to a path without a number", async () => {
    const other = await startGithub();
    onTestFinished(() => other.close());
    github.state.names = "changed";
    github.runners.set(23, run);
    for (const movedTo of [
      `${other.url}/api/v3/repositories/1296269`,
      "/api/v3/user/1296269",
      "/repositories/1296269",
    ]) {
      github.state.movedTo = movedTo;
      const error = await refusal(unregisterRunner(access("installation"), remote));
      expect([error.code, error.message]).toEqual(["target_not_found", expect.stringMatching(/has moved/)]);
      expect(error.message).not.toContain("1296269");
    }
    expect(await unregisterRunner(access("installation", known), remote)).toBe(true);
    expect(other.requests).toEqual([]);
  });

  test("keeps its runner waiting if the token no longer sees it", async () => {
    const error = await refusal(unregisterRunner(access("blind", known), remote));
    expect([error.code, error.message]).toEqual(["target_not_found", expect.stringMatching(/was not found/)]);
  });
});
