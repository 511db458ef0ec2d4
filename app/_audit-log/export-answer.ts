import { z } from "zod";
import type { ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { type AuditExport, type ExportFormat, exportAuditEvents, exportFormats } from "@/lib/audit-log/export";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { currentUser } from "@/lib/web/session";
import { readFilter } from "./log-state";

const types: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  jsonl: "application/jsonl; charset=utf-8",
};
const statuses: Partial<Record<DomainError["code"], number>> = { not_found: 404, forbidden: 403 };

/** A file of the events that match the filter in the URL. POST, so that only our own pages can request it. */
export async function exportAnswer(request: Request, scope: ScopeFields): Promise<Response> {
  const actor = await currentUser();
  if (!actor) return inWords(401, "You are signed out. Sign in again, then export once more.");
  const { format: givenFormat, ...query } = Object.fromEntries(new URL(request.url).searchParams);
  const format = z.enum(exportFormats).safeParse(givenFormat).data;
  const filter = readFilter(query);
  if (!format || !filter) return inWords(400, "This address names no export of the audit log.");
  try {
    return file(await exportAuditEvents(actor, scopeOf(scope), filter, format), format);
  } catch (error) {
    const status = error instanceof DomainError && statuses[error.code];
    if (!status) throw error;
    return inWords(status, error.message);
  }
}

function file({ of, chunks }: AuditExport, format: ExportFormat): Response {
  const name = `audit-log-${inFileName(of.name)}${today()}.${format}`;
  return new Response(streamOf(chunks), {
    headers: {
      "content-type": types[format],
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

/** Reads the next chunk when the client has taken the last one. A client that disconnects ends the reading. */
function streamOf(chunks: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done) return controller.close();
        controller.enqueue(encoder.encode(value));
      } catch (error) {
        log.error({ err: error }, "an export broke off");
        controller.error(error);
      }
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

function inFileName(name: string): string {
  const readable = name.normalize("NFKD").replace(/\p{M}+/gu, "");
  const plain = readable.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const short = plain.replace(/^-/, "").slice(0, 40).replace(/-$/, "");
  return short && `${short}-`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function inWords(status: number, message: string): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return new Response(message, { status, headers });
}
