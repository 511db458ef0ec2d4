import { once } from "node:events";
import { request } from "node:http";
import { Client } from "pg";
import { seedAuditEvents } from "@/db/seed-many";
import { type BenchDatabase, type BenchServer, makeDatabase } from "./database";
import { medianTimes } from "./list-page";
import { atMost, type Figure } from "./report";
import { type Site, startSite } from "./site";

const mebibyte = 2 ** 20;
const [fewEvents, tokens] = [1000, 10];

/** Each view has a full page of events in the small log, too. */
const views = {
  "first page": "",
  "by actor": "?actor=usr_seed_7",
  "by action": "?action=access_token.revoked",
  "by a rare action": "?action=access_token.deleted",
  "by actor and action": "?actor=usr_seed_1&action=access_token.revoked",
  "by token": "?token=tok_seed_7",
  "until a day": `?to=${daysAgo(100)}`,
  "of an actor, until a day": `?actor=usr_seed_7&to=${daysAgo(100)}`,
};

const databases = new Map<number, Promise<BenchDatabase>>();

function withEvents(server: BenchServer, events: number): Promise<BenchDatabase> {
  const made = databases.get(events) ?? makeAuditDatabase(server, events);
  databases.set(events, made);
  return made;
}

async function makeAuditDatabase(server: BenchServer, events: number): Promise<BenchDatabase> {
  const database = await makeDatabase(server, tokens, `events_${events}`);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await seedAuditEvents(client, database.groupId, events);
  } finally {
    await client.end();
  }
  return database;
}

/** The time to first byte of each view of the log with many events, against the same view with a thousand. */
export async function measureAuditPage(server: BenchServer, events: number): Promise<Figure[]> {
  const [few, many] = [await withEvents(server, fewEvents), await withEvents(server, events)];
  const [small, large] = [await startSite(few), await startSite(many)];
  const figures: Figure[] = [];
  try {
    for (const [name, query] of Object.entries(views)) {
      const [fewMs, manyMs] = await medianTimes(
        { site: small, url: `${logPath(few)}${query}`, cookie: few.cookie },
        { site: large, url: `${logPath(many)}${query}`, cookie: many.cookie },
      );
      figures.push({
        name: `audit log of ${events.toLocaleString("en")} events, ${name}: time to first byte`,
        measured: `${manyMs.toFixed(1)} ms`,
        floor: `${fewMs.toFixed(1)} ms`,
        ...atMost(1.3, manyMs / fewMs),
      });
    }
    return figures;
  } finally {
    await Promise.all([small.stop(), large.stop()]);
  }
}

/** The server's peak memory while it streams an export, against one with a tenth of the events. */
export async function measureAuditExport(server: BenchServer, events: number): Promise<Figure[]> {
  const [tenth, whole] = [await peakOfExports(server, events / 10), await peakOfExports(server, events)];
  return [
    {
      name: `memory while ${events.toLocaleString("en")} events are exported, of a tenth as many`,
      measured: `${Math.round(whole.peak / mebibyte)} MiB, ${Math.round(whole.bytes / mebibyte)} MiB in ${whole.seconds.toFixed(1)} s`,
      floor: `${Math.round(tenth.peak / mebibyte)} MiB`,
      ...atMost(1.25, whole.peak / tenth.peak),
    },
  ];
}

async function peakOfExports(server: BenchServer, events: number) {
  const database = await withEvents(server, events);
  const site = await startSite(database);
  try {
    const begun = performance.now();
    let peak = 0;
    let bytes = 0;
    for (const format of ["csv", "jsonl"]) {
      const watch = setInterval(async () => {
        peak = Math.max(peak, await site.residentBytes());
      }, 100);
      bytes += await download(site, `${logPath(database)}/export?format=${format}`, database.cookie);
      clearInterval(watch);
    }
    return { peak, bytes, seconds: (performance.now() - begun) / 1000 };
  } finally {
    await site.stop();
  }
}

async function download({ url }: Site, path: string, cookie: string): Promise<number> {
  const headers = { cookie, origin: url, "sec-fetch-site": "same-origin" };
  const asked = request(url + path, { method: "POST", headers }).end();
  const [response] = await once(asked, "response");
  if (response.statusCode !== 200) throw new Error(`the export answered ${response.statusCode}`);
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}

function logPath({ groupId }: BenchDatabase): string {
  return `/groups/${groupId}/audit-log`;
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
