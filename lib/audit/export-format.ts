import { stringify } from "csv-stringify/sync";
import type { AuditRow } from "./find";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The columns of a CSV file, and the members of a line of JSON. */
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
] as const;

/** What a file begins with: for spreadsheets the mark by which they know UTF-8, and the names of the columns. */
export function fileHead(format: ExportFormat): string {
  return format === "csv" ? `\uFEFF${csv([[...columns]])}` : "";
}

/** One line for each event. */
export function lines(format: ExportFormat, rows: readonly AuditRow[]): string {
  const records = rows.map(recordOf);
  if (format === "jsonl") return records.map((record) => `${JSON.stringify(record)}\n`).join("");
  return csv(records.map((record) => columns.map((name) => cell(record[name]))));
}

function cell(value: string | AuditRow["detail"] | null): string {
  const text = value === null || typeof value === "string" ? (value ?? "") : JSON.stringify(value);
  return text.replace(formulaAfterSeparator, "$&'");
}

// A spreadsheet that separates by semicolons or tabs finds no quotation mark where its cell begins, so that one of these
// within the text, or a line break, begins another cell for it.
const formulaAfterSeparator = /[;\t\r\n](?=[ "]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front. Half a line break would be
// left unquoted, and what follows it be read as a line's beginning.
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
  } satisfies Record<(typeof columns)[number], unknown>;
}
