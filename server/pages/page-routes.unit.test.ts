import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { pageRoute, pageRoutes } from "./page-routes";

/** The folders of app/ that Next serves. */
function servedFolders(): string[] {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  return files.filter((file) => /(^|\/)(page\.tsx|route\.tsx?)$/.test(file)).map((file) => `/${file}`);
}

test("every page and route of app/ has its pattern, and no other has one", () => {
  const patterns = servedFolders().map(
    (file) => file.replace(/\/(page|route)\.tsx?$/, "").replace(/\[(\w+)\]/g, "{$1}") || "/",
  );
  expect([...pageRoutes].sort()).toEqual([...patterns, "/_next/static/{file}"].sort());
});

test.each([
  ["/", "/"],
  ["/groups", "/groups"],
  ["/groups?from=x", "/groups"],
  ["/groups/grp_1/access-tokens", "/groups/{groupId}/access-tokens"],
  ["/invitations/a-secret", "/invitations/{secret}"],
  ["/_next/static/chunks/a.js", "/_next/static/{file}"],
])("%s is shown as %s", (url, route) => {
  expect(pageRoute(url)).toBe(route);
});

test.each(["/groups/grp_1/other", "/groups/", "/groups//access-tokens", "/.env", "//groups", "*", ""])(
  "%s is no page",
  (url) => expect(pageRoute(url)).toBeUndefined(),
);
