import { expect, test } from "vitest";
import { hashSecret } from "@/lib/access-tokens/secret";
import { KnownCredentials } from "./known-credentials";

test("knows whose credential it is, and of too many the later ones", () => {
  const known = new KnownCredentials(2);
  const [first, second, third] = ["one", "two", "three"].map(hashSecret) as [Buffer, Buffer, Buffer];
  known.note(first, "ann");
  known.note(second, "ann");
  known.note(second, "ann");
  known.note(third, "bob");
  expect([first, second, third].map((hash) => known.userOf(hash))).toEqual([undefined, "ann", "bob"]);
});
