import { expect, test } from "vitest";
import { roleWords } from "./role-words";

test("an admin role is given with what it allows, and taken with what is lost", () => {
  expect(roleWords("Chen Wei", "organization_admin", false)).toEqual({
    title: "Make Chen Wei organization admin?",
    effect:
      "An organization admin manages the organization’s groups, members and access tokens, and reads its audit log.",
    done: "Chen Wei is organization admin now.",
  });
  const taken = roleWords("Chen Wei", "group_user", false);
  expect(taken).toMatchObject({ title: "Make Chen Wei group user?", done: "Chen Wei is group user now." });
  expect(taken.effect).toMatch(/^Chen Wei can then no longer manage the group’s members/);
});

test("the words for oneself are in the second person, and say who can give the role back", () => {
  for (const role of ["group_user", "organization_user"] as const) {
    const { title, effect, done } = roleWords("Ada", role, true);
    expect(title).toBe("Give up your admin role?");
    expect(effect).toMatch(/^You can then no longer .* Another admin has to give you the role back\.$/);
    expect(done).toMatch(/^You are \w+ user now\.$/);
  }
});
