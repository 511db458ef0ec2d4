import { expect, test } from "vitest";
import { mergeNetworks } from "./networks";

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
