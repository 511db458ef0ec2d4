import { applyUnusedPolicies } from "@/lib/access-tokens/unused/revoke";
import { createToken } from "@/testing/access-tokens";
import { age, agePolicy, setPolicy } from "@/testing/policies/policies";
import type { Tenant } from "@/testing/tenant";

export { createToken as createInDomain, inDays } from "@/testing/access-tokens";
export { setPolicy, storePolicy } from "@/testing/policies/policies";

/** A token of the group that its policy has revoked as unused. */
export async function tokenRevokedAsUnused({ group: { admin, scope } }: Tenant) {
  const token = await createToken(admin, scope);
  await setPolicy(admin, scope, { revokeUnusedAfterDays: 30 });
  await agePolicy(scope, "60 days");
  await age(token.id, { created: "60 days", noticed: "8 days" });
  await applyUnusedPolicies();
  return token;
}
