import { and, count, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { db, type Executor, type Tx } from "@/db/client";
import type { UserKind } from "@/db/enums";
import { accessTokens, groups, memberships, runners } from "@/db/schema";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import type { OrganizationScope } from "@/lib/auth/scope";
import { allowLongStatements, withLongDatabaseDeadline } from "@/lib/database-deadline";
import { invalid } from "@/lib/errors";
import { mutate } from "@/lib/mutate";
import { foldName } from "@/lib/names";
import { releaseAccesses, wakeRunnerJobs } from "@/lib/release-runners";
import { type FoundGroup, findGroup } from "./find";

export const deleteGroupInput = z.strictObject({ name: z.string({ error: "Enter the group’s name." }) });

/** What a group's deletion deletes; `members` counts people. */
export type GroupContents = { accessTokens: number; members: number; runners: number };

/** For the confirmation of a deletion. */
export async function getGroupContents(
  actor: Actor,
  scope: OrganizationScope,
  groupId: string,
): Promise<GroupContents> {
  const group = await findGroup(db, await authorize(db, actor, scope, "groups:manage"), groupId);
  return contentsOf(db, group);
}

/**
 * Deletes the group with its memberships and its access tokens, their secrets and their settings. The background
 * unregisters its runners. Technical users' names stay for the audit log. Throws `invalid` if `name` isn't the group's.
 */
export async function deleteGroup(
  actor: Actor,
  scope: OrganizationScope,
  groupId: string,
  { name }: z.output<typeof deleteGroupInput>,
): Promise<void> {
  await withLongDatabaseDeadline(() => deleteWhole(actor, scope, groupId, name));
  wakeRunnerJobs();
}

function deleteWhole(actor: Actor, scope: OrganizationScope, groupId: string, name: string): Promise<void> {
  return mutate(actor, scope, "groups:manage", async (tx, access) => {
    const group = await findGroup(tx, access, groupId);
    if (foldName(name.trim()) !== group.nameKey) throw invalid("name", `Enter the group’s name: ${group.name}`);
    // A group may have a hundred thousand tokens.
    await allowLongStatements(tx);
    const contents = await deleteContents(tx, group);
    await tx.delete(groups).where(eq(groups.id, group.id));
    const detail = {
      access_tokens: String(contents.accessTokens),
      members: String(contents.members),
      runners: String(contents.runners),
    };
    return { result: undefined, event: { action: "group.deleted", subject: group, detail } };
  });
}

async function deleteContents(tx: Tx, group: FoundGroup): Promise<GroupContents> {
  // People first: this waits for tokens that they are creating, and blocks new ones.
  const { rowCount } = await tx.delete(memberships).where(membersOf(group, "person"));
  // Then wait for token deletions in progress, which lock the token before its membership.
  await tx.select({ id: groups.id }).from(groups).where(eq(groups.id, group.id)).for("update");
  await tx.delete(memberships).where(membersOf(group, "technical"));
  // Locked as for the deletion of one token, so that no session adds a runner meanwhile.
  await tx.execute(sql`select count(*) from (${tokensOf(tx, group).orderBy(accessTokens.id).for("update")}) locked`);
  const contents = { ...(await contentsOf(tx, group)), members: rowCount ?? 0 };
  await releaseAccesses(tx, tokensOf(tx, group));
  await tx.delete(accessTokens).where(eq(accessTokens.ownerId, group.id));
  return contents;
}

async function contentsOf(executor: Executor, group: FoundGroup): Promise<GroupContents> {
  const [found] = await executor
    .select({
      accessTokens: executor.$count(accessTokens, eq(accessTokens.ownerId, group.id)),
      members: executor.$count(memberships, membersOf(group, "person")),
      runners: count(),
    })
    .from(runners)
    .where(inArray(runners.accessTokenId, tokensOf(executor, group)));
  if (!found) throw new Error("the group's contents were not counted");
  return found;
}

function tokensOf(executor: Executor, { id }: FoundGroup) {
  return executor.select({ id: accessTokens.id }).from(accessTokens).where(eq(accessTokens.ownerId, id)).$dynamic();
}

function membersOf(group: FoundGroup, kind: UserKind) {
  return and(
    eq(memberships.organizationId, group.organizationId),
    eq(memberships.groupId, group.id),
    eq(memberships.kind, kind),
  );
}
