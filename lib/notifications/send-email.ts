import { and, asc, count, eq, getTableColumns, isNull, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { accessTokens, groups, isDue, notificationEmails, notifications, organizations, users } from "@/db/schema";
import { sendMail } from "@/lib/email/send";
import { log } from "@/lib/log";
import { publicAddress } from "@/lib/process/public-address";
import { type EmailBatch, emailAbout } from "./email";
import { selectAdmins, sendsEmailTo } from "./recipients";

/** Seconds. The queue retries a failed attempt by then. Afterwards the e-mail is due again, if its job was lost. */
export const longestPause = 3600;
/** A failure this long after the first attempt is the last one. */
const triedFor = sql`interval '24 hours'`;
const mostAtOnce = 1000;
/** Messages that an e-mail lists; of more it says how many. */
const listed = 50;

export type DueEmail = { id: string; ownerId: string };

/** E-mails that have to be sent now: at most a thousand, those that have been due longest. */
export function findDueEmails(): Promise<DueEmail[]> {
  return db
    .select({ id: notificationEmails.id, ownerId: notificationEmails.ownerId })
    .from(notificationEmails)
    .where(and(eq(notificationEmails.state, "pending"), isDue(notificationEmails.nextAttemptAt)))
    .orderBy(asc(notificationEmails.nextAttemptAt))
    .limit(mostAtOnce);
}

/** For due e-mails that have a job now. They are due again later, if it was lost. */
export async function leaveEmailsToJobs(ids: string[]): Promise<void> {
  await db
    .update(notificationEmails)
    .set({ nextAttemptAt: sql`now() + make_interval(secs => ${2 * longestPause})` })
    .where(sql`${notificationEmails.id} = any(${sql.param(ids)}) and ${isDue(notificationEmails.nextAttemptAt)}`);
}

/**
 * Sends one e-mail, unless its recipient is no admin any more or e-mails were turned off meanwhile. `failed`: the caller
 * retries. It is sent a second time only if the process or the database fails between the mail server's answer and the
 * record of it.
 */
export async function tryToSendEmail(id: string): Promise<"done" | "failed"> {
  const [email] = await db
    .select({
      ...getTableColumns(notificationEmails),
      ownerName: sql<string>`coalesce(${groups.name}, ${organizations.name})`,
    })
    .from(notificationEmails)
    .innerJoin(organizations, eq(organizations.id, notificationEmails.organizationId))
    .leftJoin(groups, eq(groups.id, notificationEmails.groupId))
    .where(and(eq(notificationEmails.id, id), eq(notificationEmails.state, "pending")));
  if (!email) return "done";
  const [admin] = await selectAdmins(db, email, eq(users.id, email.userId));
  const batch = await findBatch(email);
  if (!admin?.email || !batch || !(await sendsEmailTo(db, email.ownerId))) return end(id, "failed");
  const { status } = await sendMail(emailAbout(batch, { origin: publicAddress(), to: admin.email, messageId: id }));
  if (status === "failed") return recordFailure(id);
  return end(id, status === "sent" ? "delivered" : "failed");
}

type StoredEmail = typeof notificationEmails.$inferSelect & { ownerName: string };

async function findBatch({ batchId, ownerId, ownerName, ...owner }: StoredEmail): Promise<EmailBatch | undefined> {
  const ofBatch = eq(notifications.batchId, batchId);
  const rows = await db
    .select({ type: notifications.type, data: notifications.data, isDeleted: sql<boolean>`${isNull(accessTokens.id)}` })
    .from(notifications)
    .leftJoin(accessTokens, eq(accessTokens.id, notifications.accessTokenId))
    .where(ofBatch)
    .orderBy(asc(sql`${notifications.data}->'access_token'->>'expires_at'`), asc(notifications.id))
    .limit(listed);
  const [first] = rows;
  if (!first) return undefined;
  const [counted] = await db.select({ amount: count() }).from(notifications).where(ofBatch);
  return {
    type: first.type,
    owner: { id: ownerId, name: ownerName, groupId: owner.groupId, organizationId: owner.organizationId },
    messages: rows,
    amount: counted?.amount ?? rows.length,
  };
}

async function end(id: string, state: "delivered" | "failed"): Promise<"done"> {
  await db.update(notificationEmails).set({ state }).where(eq(notificationEmails.id, id));
  return "done";
}

async function recordFailure(id: string): Promise<"done" | "failed"> {
  const isOver = sql<boolean>`now() >= ${notificationEmails.firstAttemptAt} + ${triedFor}`;
  const [email] = await db
    .update(notificationEmails)
    .set({
      firstAttemptAt: sql`coalesce(${notificationEmails.firstAttemptAt}, now())`,
      nextAttemptAt: sql`now() + make_interval(secs => ${2 * longestPause})`,
      state: sql`case when ${isOver} then 'failed' else 'pending' end`,
    })
    .where(and(eq(notificationEmails.id, id), eq(notificationEmails.state, "pending")))
    .returning({ state: notificationEmails.state });
  if (email?.state !== "failed") return "failed";
  log.error({ emailId: id }, "an e-mail about access tokens could not be sent for 24 hours");
  return "done";
}
