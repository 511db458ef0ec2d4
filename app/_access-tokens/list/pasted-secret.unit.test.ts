import { expect, test } from "vitest";
import { generateSecret } from "@/lib/access-tokens/secret";
import { suffixOfPastedSecret } from "./pasted-secret";

test.each(["group", "organization"] as const)("the secret of a %s token is searched for by its suffix", (owner) => {
  const secret = generateSecret(owner);
  for (const text of [secret, ` ${secret} `, `VEHAAS_TOKEN="${secret}"`, secret.replace(/^vh[go]/, "vhj")]) {
    expect(suffixOfPastedSecret(text), text).toBe(secret.slice(-4));
  }
});

test("an incomplete secret is not searched for", () => {
  const secret = generateSecret("group");
  for (const text of [secret.slice(0, -1), `${secret}x`, "vhg_", "vho_abc", "VHG_abc"]) {
    expect(suffixOfPastedSecret(text), text).toBe("");
  }
});

test.each(["nightly", "x9Qz", "…x9Qz", "vhg", "vhx_abc", ""])("%j is no secret", (text) => {
  expect(suffixOfPastedSecret(text)).toBeUndefined();
});
