import { expect, test } from "vitest";
import { detailLines } from "./detail-lines";

test("roles are told as a change, instants as such, and the rest in words", () => {
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

test("what someone has altered in the database is text", () => {
  const altered = JSON.parse('{"role": 7, "from": 1, "to": {"a": 1}, "expires_at": "2026-99-99T00:00:00Z"}');
  for (const { value } of detailLines(altered)) expect(typeof value).toBe("string");
  expect(detailLines(altered)).toHaveLength(4);
});

test("a description that was taken away is told, one that was not there is not", () => {
  expect(detailLines({ previous_description: "Bench 07", description: "" })).toEqual([
    { label: "Previous description", value: "Bench 07" },
    { label: "Description", value: "None" },
  ]);
  expect(detailLines({ previous_description: "", description: "Bench 07" })).toHaveLength(1);
});
