import { db } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { type Access, authorize } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { mutate } from "@/lib/mutate";
import { type ExportFormat, fileHead, lines } from "./export-format";
import { type AuditFilter, type AuditPlace, findAuditEvents } from "./find";

/** Few enough to be held, many enough that a million take a thousand queries. */
const batch = 1000;

export type AuditExport = { access: Access; chunks: AsyncGenerator<string> };

/**
 * The events that pass the filter, as the text of a file, newest first: one query for each chunk that is asked for. The
 * log has recorded the export before the first one; what is recorded later isn't in it, for it would come before.
 */
export async function exportAuditEvents(
  actor: Actor,
  scope: Scope,
  filter: AuditFilter,
  format: ExportFormat,
): Promise<AuditExport> {
  const access = await mutate(actor, scope, "audit:read", async (_tx, found) => ({
    result: found,
    event: {
      action: "audit_log.exported" as const,
      subject: found.group ?? found.organization,
      detail: { format, ...inWords(filter) },
    },
  }));
  return { access, chunks: chunksOf(actor, scope, filter, format) };
}

async function* chunksOf(
  actor: Actor,
  scope: Scope,
  filter: AuditFilter,
  format: ExportFormat,
): AsyncGenerator<string> {
  yield fileHead(format);
  let after: AuditPlace | undefined;
  do {
    // A person who loses the role gets no further.
    await authorize(db, actor, scope, "audit:read");
    const rows = await findAuditEvents(scope, filter, { after, limit: batch });
    if (rows.length > 0) yield lines(format, rows);
    after = rows.length === batch ? rows.at(-1) : undefined;
  } while (after);
}

function inWords({ actorId, action, tokenId, from, to }: AuditFilter): Record<string, string> {
  const told = { actor: actorId, action, token: tokenId, from: from?.toISOString(), to: to?.toISOString() };
  return Object.fromEntries(Object.entries(told).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
