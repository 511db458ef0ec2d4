import { describe, expect, test } from "vitest";
import { githubClaims, gitlabClaims } from "@/testing/stand-ins/pipeline-issuer";
import { differences, matches } from "./differences";

type Condition = Parameters<typeof differences>[0];
type Claims = Record<string, unknown>;

const gitlab: Condition = {
  providerType: "gitlab",
  projectId: "20",
  ownerId: null,
  ref: "refs/heads/main",
  environment: null,
  protectedOnly: true,
  mergeRequests: false,
};
const github: Condition = {
  ...gitlab,
  providerType: "github",
  projectId: "74",
  ownerId: "65",
  protectedOnly: false,
};

const ofGitlab = (trust: Partial<Condition>, claims: Claims) =>
  differences({ ...gitlab, ...trust }, { ...gitlabClaims, ...claims });
const ofGithub = (trust: Partial<Condition>, claims: Claims) =>
  differences({ ...github, ...trust }, { jti: "1", ...githubClaims, ...claims });

const mergeRequest = {
  pipeline_source: "merge_request_event",
  ref: "feature",
  ref_path: "refs/merge-requests/7/head",
  ref_protected: "false",
};
const pullRequest = { event_name: "pull_request", ref: "refs/pull/7/merge", base_ref: "main", head_ref: "feature" };

describe("fits", () => {
  test.each<[string, Partial<Condition>, Claims]>([
    ["a protected branch", {}, {}],
    ["a branch that is not protected, if that is not asked for", { protectedOnly: false }, { ref_protected: "false" }],
    ["a tag", { ref: "refs/tags/v*" }, { ref: "v1.2", ref_type: "tag", ref_path: "refs/tags/v1.2" }],
    ["an environment", { ref: null, environment: "production" }, { environment: "production" }],
    [
      "an environment of any branch",
      { ref: null, environment: "qa", protectedOnly: false },
      { environment: "qa", ref: "x" },
    ],
    ["a project that has moved", {}, { project_path: "elsewhere/renamed", sub: "anything" }],
    ["a scheduled pipeline", {}, { pipeline_source: "schedule" }],
    [
      "a merge request, if the trust names them",
      { mergeRequests: true, ref: "refs/heads/feat*", protectedOnly: false },
      mergeRequest,
    ],
    [
      "a child pipeline of a merge request, if the trust names them",
      { mergeRequests: true, ref: "refs/heads/feat*", protectedOnly: false },
      { ...mergeRequest, pipeline_source: "parent_pipeline" },
    ],
    ["other pipelines too, if the trust names merge requests", { mergeRequests: true }, {}],
  ])("GitLab: %s", (_what, trust, claims) => expect(ofGitlab(trust, claims)).toEqual([]));

  test.each<[string, Partial<Condition>, Claims]>([
    ["a branch", {}, {}],
    ["a protected branch", { protectedOnly: true }, {}],
    ["a tag", { ref: "refs/tags/v*" }, { ref: "refs/tags/v1", ref_type: "tag" }],
    ["an environment", { ref: null, environment: "production" }, { environment: "production" }],
    ["a repository that was renamed", {}, { repository: "new/name", repository_owner: "new", sub: "anything" }],
    ["a pull request into the branch, if the trust names them", { mergeRequests: true }, pullRequest],
    ["pull_request_target, if the trust names them", { mergeRequests: true }, { event_name: "pull_request_target" }],
  ])("GitHub: %s", (_what, trust, claims) => expect(ofGithub(trust, claims)).toEqual([]));
});

describe("differs", () => {
  test.each<[string, Partial<Condition>, Claims, string[]]>([
    ["another project", {}, { project_id: "21" }, ["project_id"]],
    ["another branch", {}, { ref: "other", ref_path: "refs/heads/other" }, ["ref"]],
    ["a branch of another case", {}, { ref: "Main", ref_path: "refs/heads/Main" }, ["ref"]],
    ["a branch that is not protected", {}, { ref_protected: "false" }, ["ref_protected"]],
    ["a tag with the branch's name", {}, { ref_type: "tag", ref_path: "refs/tags/main" }, ["ref_type", "ref"]],
    ["a branch with the tag's name", { ref: "refs/tags/main" }, {}, ["ref_type", "ref"]],
    ["a merge request from a branch of this name", {}, { ...mergeRequest, ref: "main" }, expect.any(Array)],
    ["another environment", { environment: "production" }, { environment: "qa" }, ["environment"]],
    ["an event", {}, { pipeline_source: "merge_request_event" }, ["pipeline_source"]],
    [
      "an event for an environment",
      { ref: null, environment: "qa" },
      { environment: "qa", ...mergeRequest },
      expect.any(Array),
    ],
    [
      "a child pipeline of a merge request",
      { ref: null, environment: "qa", protectedOnly: false },
      { environment: "qa", ...mergeRequest, pipeline_source: "parent_pipeline" },
      ["ref_path"],
    ],
    ["several", {}, { project_id: "21", ref_protected: "false" }, ["project_id", "ref_protected"]],
  ])("GitLab: %s", (_what, trust, claims, expected) => {
    const found = ofGitlab(trust, claims).map(({ claim }) => claim);
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
  });

  test.each<[string, Partial<Condition>, Claims, string[]]>([
    ["a repository that was registered anew", {}, { repository_id: "75" }, ["repository_id"]],
    ["another owner", {}, { repository_owner_id: "66" }, ["repository_owner_id"]],
    ["another branch", {}, { ref: "refs/heads/other" }, ["ref"]],
    ["a branch without its prefix", {}, { ref: "main" }, ["ref"]],
    ["a tag with the branch's name", {}, { ref: "refs/tags/main", ref_type: "tag" }, ["ref_type", "ref"]],
    ["another type alone", {}, { ref_type: "tag" }, ["ref_type"]],
    ["a branch that is not protected", { protectedOnly: true }, { ref_protected: "false" }, ["ref_protected"]],
    ["a fork's pull request", {}, pullRequest, ["event_name", "ref"]],
    ["pull_request_target", {}, { event_name: "pull_request_target" }, ["event_name"]],
    ["a pull request into another branch", { mergeRequests: true }, { ...pullRequest, base_ref: "next" }, ["base_ref"]],
    [
      "a review of a pull request in an environment",
      { ref: null, environment: "qa" },
      { ...pullRequest, environment: "qa", event_name: "pull_request_review" },
      ["ref"],
    ],
  ])("GitHub: %s", (_what, trust, claims, expected) => {
    expect(ofGithub(trust, claims).map(({ claim }) => claim)).toEqual(expected);
  });
});

describe("claims that are needed", () => {
  const others = [undefined, null, "", 20, true, ["main"], { a: "main" }];
  const everything = { environment: "qa" };

  test.each(["project_id", "pipeline_source", "ref", "ref_type", "ref_path", "ref_protected", "environment"])(
    "GitLab: %s is refused where it is missing or no text, before others are compared",
    (claim) => {
      for (const other of others) {
        const found = ofGitlab({ environment: "qa" }, { ...everything, namespace_id: "1", [claim]: other });
        expect(found).toEqual([{ claim, expected: "a text", found: other === undefined ? null : expect.any(String) }]);
      }
    },
  );

  test.each([
    "repository_id",
    "repository_owner_id",
    "event_name",
    "jti",
    "ref",
    "ref_type",
    "ref_protected",
    "environment",
  ])("GitHub: %s is refused where it is missing or no text, before others are compared", (claim) => {
    const trust = { environment: "qa", protectedOnly: true, projectId: "another" };
    for (const other of others) {
      const found = ofGithub(trust, { ...everything, [claim]: other });
      expect(found.map((one) => one.claim)).toEqual([claim]);
    }
  });

  test.each<[string, Claims[]]>([
    ["GitLab", ofGitlab({ ref: null, environment: "qa" }, { ...everything, ref_path: undefined })],
    ["GitHub", ofGithub({ ref: null, environment: "qa" }, { ...everything, ref: undefined })],
  ])(
    "%s: the full ref is needed for an environment of any branch: a merge request would not be told",
    (_what, found) => {
      expect(found.map(({ claim }) => claim)).toEqual([_what === "GitLab" ? "ref_path" : "ref"]);
    },
  );

  test("of several, all are named", () => {
    const found = ofGitlab({}, { project_id: undefined, ref_type: 1 });
    expect(found.map(({ claim }) => claim)).toEqual(["project_id", "ref_type"]);
  });

  test("a value from a prototype is none", () => {
    const claims = Object.create({ ...gitlabClaims });
    expect(differences(gitlab, claims).length).toBeGreaterThan(3);
  });
});

test("a difference says what was expected and found, without hidden characters", () => {
  const [difference] = ofGitlab({}, { ref: `ma\u202ein${"x".repeat(300)}`, ref_path: "refs/heads/main" });
  expect(difference).toMatchObject({
    claim: "ref",
    expected: "refs/heads/main",
    found: expect.stringMatching(/^ma\uFFFDinx+…$/),
  });
  expect(difference?.found).toHaveLength(200);
});

test.each([
  ["refs/heads/main", "refs/heads/main", true],
  ["refs/heads/main", "refs/heads/main2", false],
  ["refs/heads/release/*", "refs/heads/release/1.0", true],
  ["refs/heads/release/*", "refs/heads/release/", true],
  ["refs/heads/release/*", "refs/heads/release/1.0/fix", false],
  ["refs/heads/*", "refs/heads/a/b", false],
  ["refs/heads/*-stable", "refs/heads/5-stable", true],
  ["refs/heads/*-stable", "refs/heads/5-stable-2", false],
  ["refs/heads/aba*aba", "refs/heads/aba", false],
  ["refs/heads/a.c", "refs/heads/abc", false],
  ["refs/*", "refs/heads", true],
  ["refs/heads/*", "refs/tags/v1", false],
  ["refs/heads/*/*", "refs/heads/a/b", false],
])("%s against %s: %s", (pattern, ref, expected) => expect(matches(pattern, ref)).toBe(expected));
