import { setTimeout } from "node:timers/promises";
import type { BenchDatabase } from "./database";
import { listPath } from "./list-page";
import { drive, withSecrets } from "./race";
import { atMost, type Figure, median } from "./report";
import { startSite } from "./site";

const mebibyte = 2 ** 20;
const minutes = 5;

/** The server's memory under a load of API requests and pages. It may grow by at most a twentieth in three minutes. */
export async function measureMemory(database: BenchDatabase, secondsOfMinute = 60): Promise<Figure[]> {
  const site = await startSite(database);
  try {
    await setTimeout(5000);
    const idle = await site.residentBytes();
    const byMinute: number[] = [];
    for (let minute = 0; minute < minutes; minute++) byMinute.push(await loadedMinute(site, database, secondsOfMinute));
    const [, second = 0, , , last = 0] = byMinute;
    return [
      {
        name: `memory after ${minutes} minutes of load; when idle`,
        measured: `${Math.round(last / mebibyte)} MiB`,
        floor: `${Math.round(idle / mebibyte)} MiB`,
      },
      {
        name: "memory at the end, of that three minutes before",
        measured: `${Math.round(last / mebibyte)} MiB`,
        floor: `${Math.round(second / mebibyte)} MiB`,
        ...atMost(1.05, last / second),
      },
    ];
  } finally {
    await site.stop();
  }
}

/** The median of the resident memory during a minute of load. */
async function loadedMinute(
  site: { url: string; residentBytes: () => Promise<number> },
  database: BenchDatabase,
  seconds: number,
): Promise<number> {
  const readings: number[] = [];
  const target = { name: "memory", url: site.url };
  const requests = [
    ...withSecrets("/api/v2.0/access-tokens/self", database.secrets.slice(0, 50)),
    ...withSecrets("/api/v2.0/session-context", database.secrets.slice(0, 10)),
    { path: listPath(database), headers: { cookie: database.cookie } },
  ];
  const done = drive({ ...target, requests }, { connections: 8, seconds });
  for (let second = 0; second < seconds; second++) {
    await setTimeout(1000);
    readings.push(await site.residentBytes());
  }
  await done;
  return median(readings);
}
