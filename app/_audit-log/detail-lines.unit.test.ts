import { expect, test } from "vitest";
import { detailLines } from "./detail-lines";

test("roles are shown as a change, instants as such, and the rest in words", () => {
  expect(
    detailLines({
      role: "group_admin",
      previous_role: "group_user",
      expires_at: "2026-11-24T00:00:00.000Z",
      provider_url: "https://gitlab.example.com/",
      permission: "members:manage",
      code: "registration_disabled",
      replaced: null,
      something_new: "as it is",
    }),
  ).toEqual([
    { label: "Role", value: "Group user → Group admin" },
    { label: "Expires", value: new Date("2026-11-24T00:00:00Z") },
    { label: "Provider URL", value: "https://gitlab.example.com/" },
    { label: "Attempt", value: "manage members" },
    { label: "Reason", value: "Registration disabled" },
    { label: "Something new", value: "as it is" },
  ]);
  expect(detailLines({ role: null })).toEqual([]);
});

test("a rotation's details are in words, with the suffixes as the list shows them", () => {
  const ends = "2026-12-30T12:00:00.000Z";
  expect(
    detailLines({
      token_suffix: "k2Lm",
      old_token_suffix: "x9Qz",
      old_secret_ends: "on_first_use",
      old_secret_ends_at: ends,
      previous_expires_at: ends,
    }),
  ).toEqual([
    { label: "Secret", value: "…k2Lm" },
    { label: "Old secret", value: "…x9Qz" },
    { label: "Old secret ends", value: "An hour after the new one is first used" },
    { label: "Old secret ends at the latest", value: new Date(ends) },
    { label: "Expired before", value: new Date(ends) },
  ]);
  const why = ["use", "date", "hand", "other"].map((ended_by) => detailLines({ ended_by })[0]?.value);
  expect(why).toEqual([
    "The new secret was in use, or 30 days had passed",
    "Its date had come",
    "Somebody ended or replaced it",
    "other",
  ]);
});

test("a trusted pipeline's details are in words", () => {
  const lines = detailLines({
    trusted_pipeline: "tpl_01kbd3s4r5e6f7g8h9j0k1m2n3",
    project: "powertrain/firmware",
    project_id: "123",
    owner_id: null,
    ref: "refs/heads/release/*",
    protected_only: "yes",
    lifetime_minutes: "15",
    claims: "ref, environment",
  });
  expect(lines.map(({ label, value }) => `${label}: ${value}`)).toEqual([
    "Trusted pipeline: a trusted pipeline that is gone",
    "Project: powertrain/firmware",
    "Project ID: 123",
    "Ref: Branch release/*",
    "Protected branches and tags only: yes",
    "Lifetime: 15 minutes",
    "Claims that differ: ref, environment",
  ]);
});

test("what someone has altered in the database is text", () => {
  const altered = JSON.parse('{"role": 7, "from": 1, "to": {"a": 1}, "expires_at": "2026-99-99T00:00:00Z"}');
  for (const { value } of detailLines(altered)) expect(typeof value).toBe("string");
  expect(detailLines(altered)).toHaveLength(4);
});

test("an id is shown as the name of what it stands for", () => {
  const id = (prefix: string) => `${prefix}_01kbd3s4r5e6f7g8h9j0k1m2n3`;
  const nameOf = (given: string) => (given === id("tok") ? "nightly" : undefined);
  const values = detailLines({ token: id("tok"), actor: id("usr"), row_id: id("vca"), runner: id("run") }, nameOf);
  expect(values).toEqual([
    { label: "Token", value: "nightly" },
    { label: "Actor", value: "somebody who is not in this log" },
    { label: "Stored with", value: "a version control access that is gone" },
    { label: "Runner", value: "a runner that is gone" },
  ]);
});

test("a removed description is shown, one that was not there is not", () => {
  expect(detailLines({ previous_description: "Bench 07", description: "" })).toEqual([
    { label: "Previous description", value: "Bench 07" },
    { label: "Description", value: "None" },
  ]);
  expect(detailLines({ previous_description: "", description: "Bench 07" })).toHaveLength(1);
});
