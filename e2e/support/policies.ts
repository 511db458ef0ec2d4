import { applyUnusedPolicies } from "@/lib/access-tokens/unused/revoke";
import { createToken } from "@/testing/access-tokens";
import { age, agePolicy, setPolicy } from "@/testing/policies/policies";
import type { Tenant } from "@/testing/tenant";

export { createToken as createInDomain, inDays } from "@/testing/access-tokens";
export { setPolicy, storePolicy } from "@/testing/policies/policies";

/** A token of the group that its policy has revoked as unused. */
export function tokenRevokedAsUnused(tenant: Tenant) {
  return tokenNoticedAsUnused(tenant, "8 days");
}

/** A token of the group that its policy will revoke as unused, a week after the notice. */
export async function tokenNoticedAsUnused({ group: { admin, scope } }: Tenant, noticed = "2 days") {
  const token = await createToken(admin, scope);
  await setPolicy(admin, scope, { revokeUnusedAfterDays: 30 });
  await agePolicy(scope, "60 days");
  await age(token.id, { created: "60 days", noticed });
  await applyUnusedPolicies();
  return token;
}
