import { describe, expect, test } from "vitest";
import { listAccessTokens } from "@/lib/access-token-list/queries";
import { createToken, inDays, tokenInput } from "@/testing/access-tokens";
import { everyRow } from "@/testing/database/database-owner";
import { refusal } from "@/testing/refusal";
import { sharedCases } from "@/testing/shared-cases";
import { createTenant } from "@/testing/tenant";
import { deleteAccessToken, revokeAccessToken } from "./change";
import { createAccessToken, createAccessTokenInput } from "./create";

const sameName: [string, string][] = [
  ["nightly", "nightly"],
  ["CI-RUNNER", "ci-runner"],
  ["  padded ", "padded"],
  ["Straße", "STRASSE"],
  ["ΟΔΟΣ", "οδος"],
  ["Cafe\u0301", "CAFÉ"],
  ["\u212Aelvin", "kelvin"],
];
test.each(sameName)("%j and %j are one name", async (first, second) => {
  const { group } = await createTenant();
  await createToken(group.admin, group.scope, { name: first.trim() });
  const before = await everyRow();
  const name = createAccessTokenInput.shape.name.parse(second);
  const message = `An access token named “${name}” already exists in this group. Choose another name.`;
  expect(await refusal(createAccessToken(group.admin, group.scope, tokenInput({ name })))).toEqual({
    code: "name_taken",
    message,
    errors: [{ field: "name", message }],
  });
  expect(await everyRow()).toEqual(before);
});

test.each([
  ["e", "é"],
  ["i", "ı"],
  ["a b", "a  b"],
])("%j and %j are different names", async (first, second) => {
  const { group } = await createTenant();
  await createToken(group.admin, group.scope, { name: first });
  expect(await createToken(group.admin, group.scope, { name: second })).toMatchObject({ name: second });
});

test("a name is unique within one group, and among the organization's own tokens", async () => {
  const { group, otherGroup, organization, organizationAdmin } = await createTenant();
  const name = "nightly";
  await createToken(group.admin, group.scope, { name });
  await createToken(otherGroup.admin, otherGroup.scope, { name });
  await createToken(organizationAdmin, organization.scope, { name });
  expect(await refusal(createAccessToken(organizationAdmin, organization.scope, tokenInput({ name })))).toMatchObject({
    code: "name_taken",
    message: expect.stringContaining("in this organization"),
  });
});

test("a revoked token keeps its name, a deleted one frees it", async () => {
  const { group } = await createTenant();
  const { id } = await createToken(group.admin, group.scope, { name: "nightly" });
  const again = () => createAccessToken(group.admin, group.scope, tokenInput({ name: "Nightly" }));
  await revokeAccessToken(group.admin, id);
  expect(await refusal(again())).toMatchObject({ code: "name_taken" });
  await deleteAccessToken(group.admin, id);
  expect((await again()).token.name).toBe("Nightly");
});

describe("each shared case of a name", () => {
  test("gets the expected result from schema and command", async () => {
    const expiresAt = new Date(inDays(30).instant.epochMilliseconds).toISOString();
    for (const { value, setup, expect: expected, why } of sharedCases("token_name")) {
      const { group } = await createTenant();
      const existing = setup && /token "(.*)" exists/.exec(setup)?.[1];
      if (existing) await createToken(group.admin, group.scope, { name: existing });
      const input = createAccessTokenInput.safeParse({ name: value, expiresAt });
      const decision = input.success
        ? await outcomeOf(createAccessToken(group.admin, group.scope, input.data))
        : "reject";
      expect(decision, why).toBe(expected);
      if (expected === "reject")
        expect((await listAccessTokens(group.admin, group.scope)).items).toHaveLength(existing ? 1 : 0);
      else
        expect((await listAccessTokens(group.admin, group.scope)).items).toMatchObject([
          { name: String(value).normalize("NFC").trim() },
        ]);
    }
  });
});

async function outcomeOf(creation: Promise<unknown>): Promise<"accept" | "reject"> {
  return creation.then(
    () => "accept" as const,
    async (error: unknown) => ((await refusal(Promise.reject(error))).code === "name_taken" ? "reject" : "accept"),
  );
}
