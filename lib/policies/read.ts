import { type Placeholder, type SQL, sql } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { prepared } from "@/db/prepared";
import type { Owner } from "@/lib/audit/record";
import type { Policy, StoredPolicies } from "./policy";

type Row = Policy & { groupId: string | null };

/** A column with the stored policies of a group and its organization, for a query that reads something else, too. */
export function policyRows(owner: Record<"organizationId" | "groupId", string | null | Placeholder>): SQL<Row[]> {
  return sql<Row[]>`(
    select coalesce(json_agg(json_build_object(
      'groupId', group_id,
      'longestLifetimeDays', longest_lifetime_days,
      'allowsAdminRole', allows_admin_role,
      'revokeUnusedAfterDays', revoke_unused_after_days
    )), '[]')
    from policies
    where policies.owner_id in (${owner.organizationId}, ${owner.groupId})
  )`;
}

export function storedPolicies(rows: readonly Row[]): StoredPolicies {
  const find = (isGroups: boolean) => {
    const row = rows.find(({ groupId }) => (groupId !== null) === isGroups);
    if (!row) return undefined;
    const { groupId: _, ...policy } = row;
    return policy;
  };
  return { organization: find(false), group: find(true) };
}

export async function readPolicies(executor: Executor, { organizationId, groupId }: Owner): Promise<StoredPolicies> {
  const { placeholder } = sql;
  const query = prepared(executor, "stored_policies", () =>
    executor
      .select({
        rows: policyRows({ organizationId: placeholder("organizationId"), groupId: placeholder("groupId") }),
      })
      .from(sql`(select) as policies_of_scope`),
  );
  const [found] = await query.execute({ organizationId, groupId });
  return storedPolicies(found?.rows ?? []);
}
