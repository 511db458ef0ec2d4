import { db } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { withDatabasePatience } from "@/lib/database-patience";
import { mutate } from "@/lib/mutate";
import { type ExportFormat, fileHead, lines } from "./export-format";
import { type AuditFilter, type AuditPlace, findAuditEvents } from "./find";
import { logOf, type WhichLog } from "./log-of";

/** Few enough to be held, many enough that a million take a thousand queries. */
const batch = 1000;

/** `of` is the group or the organization whose log it is. */
export type AuditExport = { of: { name: string }; chunks: AsyncGenerator<string> };

/**
 * The events that pass the filter, as the text of a file, newest first: one query for each chunk that is asked for. The
 * log has recorded the export before the first one; what is recorded later isn't in it, for it would come before.
 */
export async function exportAuditEvents(
  actor: Actor,
  scope: Scope,
  { deletedGroupId, ...filter }: AuditFilter & WhichLog,
  format: ExportFormat,
): Promise<AuditExport> {
  return mutate(actor, scope, "audit:read", async (tx, { group, organization }) => {
    const { log, deletedGroup } = await logOf(tx, scope, { deletedGroupId });
    const subject = deletedGroup ?? group ?? organization;
    return {
      result: { of: subject, chunks: chunksOf(actor, { scope, log }, filter, format) },
      event: { action: "audit_log.exported" as const, subject, detail: { format, ...inWords(filter) } },
    };
  });
}

async function* chunksOf(
  actor: Actor,
  { scope, log }: { scope: Scope; log: Scope },
  filter: AuditFilter,
  format: ExportFormat,
): AsyncGenerator<string> {
  yield fileHead(format);
  let after: AuditPlace | undefined;
  do {
    const from = after;
    // Each batch has the patience of a request: all together take as long as they are many.
    const rows = await withDatabasePatience(async () => {
      // A person who loses the role gets no further.
      await authorize(db, actor, scope, "audit:read");
      return findAuditEvents(log, filter, { after: from, limit: batch });
    });
    if (rows.length > 0) yield lines(format, rows);
    after = rows.length === batch ? rows.at(-1) : undefined;
  } while (after);
}

function inWords({ actorId, action, tokenId, from, to }: AuditFilter): Record<string, string> {
  const told = { actor: actorId, action, token: tokenId, from: from?.toISOString(), to: to?.toISOString() };
  return Object.fromEntries(Object.entries(told).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
