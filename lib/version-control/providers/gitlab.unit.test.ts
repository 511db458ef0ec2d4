import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { startGitlab, usual } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import type { Fault } from "@/testing/stand-ins/server";
import { checkAccess, type ProviderCredential, registerRunner, unregisterRunner } from "./provider-check";

process.env.PROVIDER_ALLOWLIST = "127.0.0.1";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
beforeAll(async () => {
  gitlab = await startGitlab({ subPath: "/gitlab" });
});
afterAll(() => gitlab.close());
beforeEach(() => {
  gitlab.failWith(undefined);
  gitlab.runners.clear();
  gitlab.requests.length = 0;
  Object.assign(gitlab.state, usual);
});

function access(
  kind: Parameters<typeof gitlabToken>[0],
  differs: Partial<ProviderCredential> = {},
): ProviderCredential {
  const base = { providerType: "gitlab", providerUrl: gitlab.url, tokenScope: "project", targetId: "123" } as const;
  return { ...base, token: gitlabToken(kind), acceptPersonalToken: false, ...differs };
}

/** Returns the refusal, and expects that it contains neither the credential nor GitLab's answer. */
async function refusal(work: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof DomainError)) throw error ?? new Error("it was not refused");
  expect(`${error.stack}${JSON.stringify(error)}${error.cause}`).not.toMatch(
    /glpat-|glrt-|insufficient|Forbidden|Unauthorized/,
  );
  return error;
}

const group = { tokenScope: "group", targetId: "45" } as const;

describe("the check accepts", () => {
  test.each<[string, () => ProviderCredential, string | null]>([
    ["a project bot", () => access("projectBot"), "2099-07-22"],
    ["a project by its path", () => access("projectBot", { targetId: "test/test-project" }), "2099-07-22"],
    ["a group bot", () => access("groupBot", group), "2099-07-22"],
    ["a group by its path", () => access("groupBot", { ...group, targetId: "test" }), "2099-07-22"],
    ["a service account", () => access("serviceAccount", group), "2099-07-22"],
    ["create_runner that reads itself", () => access("createRunnerAndSelf"), "2099-07-22"],
    ["create_runner alone", () => access("createRunnerOnly"), null],
    ["a confirmed personal token", () => access("personal", { acceptPersonalToken: true }), null],
  ])("%s, and leaves no runner behind", async (_what, given, expires) => {
    const result = await checkAccess(given());
    expect(result.tokenExpiresAt).toEqual(expires === null ? null : new Date(`${expires}T00:00:00Z`));
    expect(gitlab.requests.filter((one) => one.method === "POST")).toHaveLength(1);
    expect(gitlab.runners.size).toBe(0);
  });

  test("an older GitLab that creates a runner on the attempt, which is removed by its own token", async () => {
    gitlab.state.refusesUntagged = false;
    await checkAccess(access("projectBot"));
    expect(gitlab.runners.size).toBe(0);
    const removal = gitlab.requests.at(-1);
    expect(removal).toMatchObject({
      method: "DELETE",
      path: expect.stringContaining("/gitlab/api/v4/runners?token=glrt-"),
    });
    expect(removal?.headers).not.toHaveProperty("private-token");
  });
});

describe("the check refuses", () => {
  test.each<[Parameters<typeof gitlabToken>[0], Partial<ProviderCredential>, string, RegExp]>([
    ["expired", {}, "credential_rejected", /has expired/],
    ["revoked", {}, "credential_rejected", /was revoked/],
    ["inactive", {}, "credential_rejected", /no longer active/],
    ["projectBot", { token: "glpat-unknown" }, "credential_rejected", /does not accept the token/],
    ["personal", {}, "credential_is_personal", /a person's token/],
    ["readOnly", {}, "missing_scope", /create_runner \(or api\)/],
    ["noScope", {}, "missing_scope", /create_runner \(or api\)/],
    ["developer", {}, "missing_role", /has the role Developer in the project; it needs Maintainer/],
    ["groupMaintainer", group, "missing_role", /has the role Maintainer in the group; it needs Owner/],
    ["stranger", {}, "missing_role", /needs the role Maintainer/],
    ["createRunnerOnlyDeveloper", {}, "missing_role", /needs the role Maintainer/],
    ["projectBot", { targetId: "999" }, "target_not_found", /project was not found/],
    ["groupBot", { ...group, targetId: "no/such" }, "target_not_found", /group was not found/],
    ["createRunnerOnly", { targetId: "999" }, "target_not_found", /project was not found/],
    ["createRunnerOnly", { targetId: "test/test-project" }, "missing_scope", /numeric ID/],
    ["projectBot", { targetId: "moved/away" }, "target_not_found", /has moved/],
    ["projectBot", { targetId: "../user" }, "invalid", /numeric ID or its full path/],
    ["projectBot", { targetId: "0" }, "invalid", /numeric ID or its full path/],
  ])("%s %j as %s", async (kind, differs, code, words) => {
    const error = await refusal(checkAccess(access(kind, differs)));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
    expect(gitlab.runners.size).toBe(0);
  });

  test("a project with registration disabled", async () => {
    gitlab.state.registrationEnabled = false;
    const error = await refusal(checkAccess(access("projectBot")));
    expect([error.code, error.message]).toEqual([
      "registration_disabled",
      expect.stringMatching(/registration is disabled/),
    ]);
  });

  test.each<[Fault, string]>([
    ["rate_limited", "rate_limited"],
    ["error", "provider_unreachable"],
    ["html", "provider_not_recognized"],
    ["redirect", "provider_not_recognized"],
    ["huge", "provider_not_recognized"],
  ])("a server whose response is %s as %s", async (fault, code) => {
    gitlab.failWith(fault);
    const error = await refusal(checkAccess(access("projectBot")));
    expect(error.code).toBe(code);
    expect(error.retryAfter).toBe(fault === "rate_limited" ? 30 : undefined);
  });

  test("a URL whose path has no GitLab", async () => {
    const error = await refusal(checkAccess(access("projectBot", { providerUrl: new URL(gitlab.url).origin })));
    expect(error.code).toBe("provider_not_recognized");
  });
});

describe("a runner", () => {
  const options = { tags: ["linux", "bench"], runUntagged: false, description: "vehaas run_1" };

  test("is registered with its tags and found by its description", async () => {
    const runner = await registerRunner(access("projectBot", { targetId: "test/test-project" }), options);
    expect(runner).toEqual({
      remoteId: "9171",
      runnerToken: "glrt-standin-9171",
      expiresAt: null,
      tags: options.tags,
      runUntagged: false,
    });
    expect(gitlab.requests.at(-1)).toMatchObject({
      path: "/gitlab/api/v4/user/runners",
      headers: { "private-token": gitlabToken("projectBot") },
      body: {
        runner_type: "project_type",
        project_id: 123,
        description: "vehaas run_1",
        tag_list: options.tags,
        run_untagged: false,
      },
    });
    const byDescription = (description: string) =>
      unregisterRunner(access("projectBot"), { remoteId: null, description });
    expect([await byDescription("vehaas run_2"), await byDescription("vehaas run_1")]).toEqual([false, true]);
  });

  test("takes untagged jobs if that is requested", async () => {
    await registerRunner(access("groupBot", group), { tags: [], runUntagged: true, description: "vehaas run_1" });
    expect(gitlab.requests.at(-1)?.body).toMatchObject({ runner_type: "group_type", group_id: 45, run_untagged: true });
  });

  test("is unregistered by its number or description, and a second time without an error", async () => {
    const runner = await registerRunner(access("projectBot"), options);
    await registerRunner(access("projectBot"), { ...options, description: "another" });
    for (const _again of [1, 2]) await unregisterRunner(access("projectBot"), { ...runner, description: "" });
    expect([...gitlab.runners.values()].map((one) => one.description)).toEqual(["another"]);
    for (const _again of [1, 2])
      await unregisterRunner(access("projectBot"), { remoteId: null, description: "another" });
    expect(gitlab.runners.size).toBe(0);
  });

  test("is found by its description if the registration's answer was lost", async () => {
    gitlab.failWith("answer_lost");
    expect((await refusal(registerRunner(access("projectBot"), options))).code).toBe("provider_unreachable");
    gitlab.failWith(undefined);
    const remote = { remoteId: null, description: options.description };
    expect(await unregisterRunner(access("projectBot"), remote)).toBe(true);
    expect(gitlab.runners.size).toBe(0);
  });

  test("is unregistered by its own token if the credential may only create", async () => {
    const runner = await registerRunner(access("createRunnerOnly"), options);
    const remote = { remoteId: runner.remoteId, description: options.description };
    expect((await refusal(unregisterRunner(access("createRunnerOnly"), remote))).code).toBe("missing_scope");
    await unregisterRunner(access("createRunnerOnly"), { ...remote, runnerToken: runner.runnerToken });
    expect(gitlab.runners.size).toBe(0);
  });

  test("beyond the first page is found", async () => {
    for (let count = 0; count < 101; count++) {
      const runner = { id: count + 1, token: `glrt-${count}`, description: `run ${count}`, tags: [], paused: false };
      gitlab.runners.set(runner.id, { ...runner, runUntagged: false, runnerType: "project_type" });
    }
    const remote = { remoteId: null, description: "run 100" };
    expect(await unregisterRunner(access("projectBot"), remote)).toBe(true);
    expect([gitlab.runners.has(101), gitlab.runners.size]).toEqual([false, 100]);
  });
});

describe("a project moved or renamed since", () => {
  const options = { tags: ["bench"], runUntagged: false, description: "run_1" };

  test("is reported by a check and for a runner, also if another project has its name", async () => {
    const moved = { targetId: "moved/away", targetNumber: "123" };
    const another = { targetId: "test/test-project", targetNumber: "99" };
    for (const [differs, words] of [
      [moved, /has moved\. Enter its numeric ID or its new path/],
      [another, /Another project has this name now/],
    ] as const) {
      for (const ask of [checkAccess, (of: ProviderCredential) => registerRunner(of, options)]) {
        const error = await refusal(ask(access("projectBot", differs)));
        expect([error.code, error.message]).toEqual(["target_not_found", expect.stringMatching(words)]);
      }
    }
    expect(gitlab.requests.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test.each([{ targetNumber: "123" }, {}])("has its lost runner found and unregistered: %j", async (known) => {
    await registerRunner(access("projectBot"), options);
    const moved = access("projectBot", { targetId: "moved/away", ...known });
    expect(await unregisterRunner(moved, { remoteId: null, description: "run_1" })).toBe(true);
    expect(gitlab.runners.size).toBe(0);
  });
});
