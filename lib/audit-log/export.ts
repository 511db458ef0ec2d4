import { stringify } from "csv-stringify/sync";
import { db } from "@/db/client";
import type { Actor } from "@/lib/auth/actor";
import { authorize } from "@/lib/auth/authorize";
import type { Scope } from "@/lib/auth/scope";
import { withDatabaseDeadline } from "@/lib/database-deadline";
import { mutate } from "@/lib/mutate";
import { type AuditFilter, type AuditRow, findAuditEvents, type LogPosition } from "./find";
import { logOf, type WhichLog } from "./log-of";
import { chainPositions, exportSignature } from "./signature";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The columns of CSV and the keys of JSON Lines. */
const columns = [
  "id",
  "occurred_at",
  "organization_id",
  "group_id",
  "actor_id",
  "actor_kind",
  "actor_name",
  "access_token_id",
  "action",
  "subject_id",
  "subject_name",
  "detail",
  "channel",
  "address",
  "chain_position",
  "signature",
] as const;

/** For CSV a byte order mark, by which spreadsheets recognize UTF-8, and the header. */
function fileHead(format: ExportFormat): string {
  return format === "csv" ? `\uFEFF${csv([[...columns]])}` : "";
}

async function lines(format: ExportFormat, rows: readonly AuditRow[]): Promise<string> {
  const positions = await chainPositions(rows.map(({ id }) => id));
  const sign = rows[0] && (await exportSignature(rows[0].organizationId));
  const records = rows.map((row) => {
    const position = positions.get(row.id) ?? null;
    return { ...recordOf(row), chain_position: position, signature: sign?.(row, position) ?? null };
  });
  if (format === "jsonl") return records.map((record) => `${JSON.stringify(record)}\n`).join("");
  return csv(records.map((record) => columns.map((name) => cell(record[name]))));
}

function cell(value: string | number | AuditRow["detail"] | null): string {
  const text = value === null || typeof value === "string" ? (value ?? "") : JSON.stringify(value);
  return text.replace(formulaAfterSeparator, "$&'");
}

// A spreadsheet that splits at semicolons or tabs ignores quotes inside a cell: there a separator or a line break in
// the text begins a new cell.
const formulaAfterSeparator = /[;\t\r\n](?=[ "]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

// RFC 4180. A cell that a spreadsheet would read as a formula gets an apostrophe in front. Lone \r or \n must be quoted
// too, or the text after it would begin a new line.
function csv(records: string[][]): string {
  return stringify(records, { escape_formulas: true, record_delimiter: "windows", quoted_match: /[;\t\r\n]/ });
}

function recordOf(row: AuditRow) {
  return {
    id: row.id,
    occurred_at: row.occurredAt.toISOString(),
    organization_id: row.organizationId,
    group_id: row.groupId,
    actor_id: row.actorId,
    actor_kind: row.actorKind,
    actor_name: row.actorName,
    access_token_id: row.accessTokenId,
    action: row.action,
    subject_id: row.subjectId,
    subject_name: row.subjectName,
    detail: row.detail,
    channel: row.channel,
    address: row.address,
  } satisfies Omit<Record<(typeof columns)[number], unknown>, "chain_position" | "signature">;
}

/** Small enough for memory; a million events take a thousand queries. */
const batch = 1000;

/** `of` is the group or organization of the log. */
export type AuditExport = { of: { name: string }; chunks: AsyncGenerator<string> };

/**
 * The matching events as a file's text, newest first, with one query per chunk. The export is recorded before the first
 * chunk; later events are left out, since they would sort before the ones already sent.
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
  let after: LogPosition | undefined;
  do {
    const from = after;
    // Each batch has its own deadline, since the whole export may take long.
    const { rows, text } = await withDatabaseDeadline(async () => {
      // Ends the export if the person loses the role.
      await authorize(db, actor, scope, "audit:read");
      const found = await findAuditEvents(log, filter, { after: from, limit: batch });
      return { rows: found, text: found.length > 0 ? await lines(format, found) : "" };
    });
    if (text) yield text;
    after = rows.length === batch ? rows.at(-1) : undefined;
  } while (after);
}

function inWords({ actorId, action, tokenId, from, to }: AuditFilter): Record<string, string> {
  const filters = { actor: actorId, action, token: tokenId, from: from?.toISOString(), to: to?.toISOString() };
  return Object.fromEntries(Object.entries(filters).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
