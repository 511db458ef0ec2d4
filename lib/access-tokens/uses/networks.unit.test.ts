import { expect, test } from "vitest";
import { clientName, mergeNetworks } from "./networks";

const use = (network: string, minute: number, client: string | null = null) => {
  return { network, client, lastUsedAt: new Date(Date.UTC(2026, 10, 30, 12, minute)).toISOString() };
};

test("each network has its latest use, and the latest are first", () => {
  const stored = [use("b", 5, "curl"), use("a", 1, "curl")];
  expect(mergeNetworks(stored, [use("a", 7, "wget"), use("b", 2, "wget")])).toEqual([
    use("a", 7, "wget"),
    use("b", 5, "curl"),
  ]);
});

test("five networks are kept", () => {
  const stored = [9, 7, 5, 3, 1].map((minute) => use(`stored ${minute}`, minute));
  const merged = mergeNetworks(stored, [use("new", 4), use("old", 0)]);
  expect(merged.map(({ network }) => network)).toEqual(["stored 9", "stored 7", "stored 5", "new", "stored 3"]);
});

test.each([
  ["curl/8.5.0", "curl"],
  ["python-requests/2.32.3", "python-requests"],
  ["GitLab-Runner 17.2.0 (17-2-stable; go1.22; linux/amd64)", "GitLab-Runner"],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36", "Mozilla"],
  ["k6", "k6"],
  ["x".repeat(5000), "x".repeat(40)],
  ["curl<script>", "curl"],
  ["<script>alert(1)</script>", null],
  ["\u202ecurl", null],
  [" curl", null],
  ["(comment)", null],
  [`vhg_${"a".repeat(49)}`, null],
  ["glpat-abcdefghijklmnopqrst", null],
  ["", null],
  [undefined, null],
])("%s names %s", (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name);
});
