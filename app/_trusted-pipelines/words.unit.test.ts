import { expect, test } from "vitest";
import { differenceInWords, refInWords } from "./words";

test.each([
  ["ref", "refs/heads/main", "feature/x", "The branch is feature/x, expected main."],
  ["ref", "refs/heads/main", "refs/heads/feature/x", "The branch is feature/x, expected main."],
  ["ref", "refs/tags/v*", "refs/tags/x1", "The tag is x1, expected v*."],
  ["ref", "no merge or pull request", "refs/pull/7/merge", /ran for refs\/pull\/7\/merge\. Merge and pull/],
  ["ref_type", "branch", "tag", "It is a tag, expected a branch."],
  ["ref_protected", "true", "false", "The branch or tag is not protected."],
  ["project_id", "123", "124", "The project ID is 124, expected 123."],
  ["repository_owner_id", "9919", "1", "The owner ID is 1, expected 9919."],
  ["environment", "production", "staging", "The environment is staging, expected production."],
  ["environment", "production", null, "The job has no environment."],
  ["pipeline_source", "no merge or pull request", "merge_request_event", /started by merge_request_event/],
  ["ref_protected", "a text", null, "The ID token has no claim ref_protected."],
  ["aud", "https://tokens.example.com", "other", "The audience is other, expected https://tokens.example.com."],
  [
    "exp",
    "a time after 1796066400",
    "1796066000",
    "The ID token has expired. Its end (exp) is 30 Nov 2026, 19:13:20 UTC, expected a time after 30 Nov 2026, 19:20 UTC.",
  ],
  [
    "iat",
    "a time from 1796062800 to 1796066400",
    "1796060000",
    /too old.*17:33:20 UTC, expected a time from 30 Nov 2026, 18:20 UTC to /,
  ],
  ["nbf", "a time up to 1796066400", "1796067000", /not valid yet/],
  [
    "exp",
    "a time after 1796066400",
    "soon",
    "The ID token has expired. Its end (exp) is soon, expected a time after 30 Nov 2026, 19:20 UTC.",
  ],
  ["ref_protected", "a text", "true", "The ID token’s claim ref_protected is true, which is no text."],
  ["pipeline_source", "a text", "7", "The ID token’s claim pipeline_source is 7, which is no text."],
  ["environment", "a text", "", "The job has no environment."],
])("a difference in %s, %j to %j, is a sentence", (claim, expected, found, sentence) => {
  expect(differenceInWords({ claim, expected, found })).toMatch(sentence);
});

test("a ref is named by its type", () => {
  expect(refInWords("refs/heads/release/1")).toBe("Branch release/1");
  expect(refInWords("refs/tags/v1")).toBe("Tag v1");
  expect(refInWords("refs/pull/7/merge")).toBe("refs/pull/7/merge");
});
