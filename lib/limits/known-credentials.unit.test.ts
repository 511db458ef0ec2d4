import { expect, test } from "vitest";
import { hashSecret } from "@/lib/access-tokens/secret";
import { KnownCredentials } from "./known-credentials";

test("KnownCredentials finds a credential's user, and keeps the latest ones", () => {
  const known = new KnownCredentials(2);
  const [first, second, third] = ["one", "two", "three"].map(hashSecret) as [Buffer, Buffer, Buffer];
  known.note(first, "ann");
  known.note(second, "ann");
  known.note(second, "ann");
  known.note(third, "bob");
  expect([first, second, third].map((hash) => known.userOf(hash))).toEqual([undefined, "ann", "bob"]);
});
