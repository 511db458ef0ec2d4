// `npm run restore:check -- organization.jsonl group.jsonl`: lists what has to be done again after a restore.
import "@/server/start/env-file";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { readSettings, type Settings, SettingsError } from "@/lib/env";
import { count } from "@/lib/format";
import { processWide } from "@/lib/process/process-wide";
import type { Left } from "@/lib/restore/later-event";
import type { ExportFile } from "@/lib/restore/read-export";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";
import { print, readArguments } from "./audit-arguments";

await runCommand(check);

async function check(): Promise<void> {
  const { heads, files } = readArguments({ allowPositionals: true });
  const settings = readSettings(process.env);
  const database = await openDatabase(settings);
  try {
    const { checkRestored } = await import("@/lib/restore/check");
    const { left, lacks, ends, events } = await checkRestored(await open(files), heads);
    print(`Read ${count(events, "event")} that the restored database lacks.`);
    for (const [index, one] of left.entries()) print(`${index + 1}. ${lineOf(one, settings)}`);
    for (const lack of lacks) print(`Not covered: ${lack}`);
    for (const { organization, at } of ends) print(`Covered until ${at.toISOString()}: ${organization}`);
    print(conclusionOf(left.length, lacks.length));
    if (left.length > 0 || lacks.length > 0) process.exitCode = 1;
  } finally {
    await processWide.pool?.end();
    await database.close();
  }
}

function conclusionOf(left: number, lacks: number): string {
  if (left > 0) return `Left to do again: ${left}.`;
  return lacks > 0
    ? "Nothing that these exports have is left to do again, but they do not cover everything."
    : "Nothing is left to do again.";
}

/** Standard input without files. Opened before anything is read, so that a wrong name is refused at once. */
async function open(names: string[]): Promise<ExportFile[]> {
  if (names.length === 0) return [{ name: "standard input", content: process.stdin }];
  return Promise.all(
    names.map(async (name) => {
      const unreadable = (reason: string) => new SettingsError([`${name} can't be read: ${reason}`]);
      const content = createReadStream(name);
      await new Promise((resolve, reject) => content.once("open", resolve).once("error", reject)).catch((error) => {
        throw unreadable(error.message);
      });
      if ((await stat(name)).isDirectory()) throw unreadable("it is a folder, not a file.");
      return { name, content };
    }),
  );
}

function lineOf({ what, event, page }: Left, { AUTH_URL = "" }: Settings): string {
  const { groupId, organizationId, occurredAt, actorName, action } = event;
  const place = groupId ? `/groups/${groupId}` : `/organizations/${organizationId}`;
  return `${what}. ${action} at ${occurredAt.toISOString()} by “${actorName}”. ${AUTH_URL}${place}${page}`;
}
