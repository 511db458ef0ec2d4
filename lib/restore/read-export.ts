import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { exportSignature } from "@/lib/audit-log/signature";
import { SettingsError } from "@/lib/env";
import type { LaterEvent } from "./later-event";

const line = z.strictObject({
  id: z.string(),
  occurred_at: z.iso.datetime(),
  organization_id: z.string(),
  group_id: z.string().nullable(),
  actor_id: z.string(),
  actor_kind: z.enum(["person", "technical"]),
  actor_name: z.string(),
  access_token_id: z.string().nullable(),
  action: z.string(),
  subject_id: z.string(),
  subject_name: z.string(),
  detail: z.record(z.string(), z.string().nullable()),
  channel: z.enum(["page", "api", "system"]),
  address: z.string().nullable(),
  chain_position: z.int().positive().nullable(),
  signature: z.string().nullable(),
});

/** `name` is the file's, for messages. */
export type ExportFile = { name: string; content: Readable };

/**
 * The events of an export as JSON Lines. Each line's signature is checked with the restored database's keys. Throws a
 * SettingsError that names the first line that is not as it was exported, or that is of another database.
 */
export async function* readExport({ name, content }: ExportFile): AsyncGenerator<LaterEvent> {
  const signatures = new Map<string, Awaited<ReturnType<typeof exportSignature>>>();
  let number = 0;
  for await (const text of createInterface({ input: content, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (text === "") continue;
    const where = `${name}, line ${number}`;
    const { event, signature } = parseLine(text, where);
    const { organizationId } = event;
    if (!signatures.has(organizationId)) signatures.set(organizationId, await exportSignature(organizationId));
    const sign = signatures.get(organizationId);
    if (!sign) {
      throw new SettingsError([
        `${where} is of the organization ${organizationId}, for which the restored database has no key: the export is of another database, or the organization was created after the backup. Leave this file out.`,
      ]);
    }
    if (signature !== sign(event, event.position)) {
      throw new SettingsError([
        `${where} is not as it was exported, or is of another database: its signature does not fit.`,
      ]);
    }
    yield event;
  }
}

function parseLine(text: string, where: string): { event: LaterEvent; signature: string | null } {
  const parsed = line.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new SettingsError([
      `${where} is not a line of “Export JSON Lines” of this version, which signs each line. CSV can't be read.`,
    ]);
  }
  const { data } = parsed;
  const event = {
    id: data.id,
    occurredAt: new Date(data.occurred_at),
    organizationId: data.organization_id,
    groupId: data.group_id,
    actorId: data.actor_id,
    actorKind: data.actor_kind,
    actorName: data.actor_name,
    accessTokenId: data.access_token_id,
    action: data.action,
    subjectId: data.subject_id,
    subjectName: data.subject_name,
    detail: data.detail,
    channel: data.channel,
    address: data.address,
    position: data.chain_position,
  };
  return { event, signature: data.signature };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
