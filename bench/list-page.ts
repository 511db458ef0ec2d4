import { get } from "node:http";
import { startContender } from "./contender";
import type { BenchDatabase } from "./database";
import { type Course, race } from "./race";
import { atLeast, atMost, type Figure, median, medianOf, ratioOf } from "./report";
import { type Site, startSite } from "./site";

const visits = 90;

/**
 * Requests per second of the Access Tokens tab with 100 tokens, against a Next page with 20 fixed rows of the same table
 * at the same path, and the processor time of both. Also reported: against that page at a short path, and against one
 * with only text in its cells.
 */
export async function measureListRate(hundred: BenchDatabase, course: Course): Promise<Figure[]> {
  const site = await startSite(hundred);
  // Each in its own process: in one process they would warm each other up.
  const floors = await Promise.all(["same", "short", "text"].map((as) => startContender("next-floor", { as })));
  const paths: Record<string, string> = { same: listPath(hundred), short: "/rows", text: "/" };
  const headers = { cookie: hundred.cookie };
  try {
    const laps = await race(
      [
        { name: "page", url: site.url, pid: site.pid, requests: [{ path: listPath(hundred), headers }] },
        ...floors.map(({ name, url, pid }) => ({ name, url, pid, requests: [{ path: paths[name], headers }] })),
      ],
      course,
    );
    const figures = (of: string) =>
      `${medianOf(laps[of], "requestsPerSecond").toFixed(1)}/s, p99 ${medianOf(laps[of], "p99")} ms`;
    const time = (of: string) => `${Math.round(medianOf(laps[of], "microseconds"))} µs`;
    const beside = (of: string) => ({ measured: figures("page"), floor: figures(of) });
    const ratio = (of: string) => ratioOf(laps.page, laps[of]);
    const name = "list page, 100 tokens, of a Next page with 20 fixed rows";
    return [
      { name: `${name} of this table at this address`, ...beside("same"), ...atLeast(0.75, ratio("same")) },
      {
        name: "processor time of the main thread for each, of that page’s",
        measured: time("page"),
        floor: time("same"),
        ratio: ratioOf(laps.page, laps.same, "microseconds"),
      },
      { name: `${name} of this table at /rows`, ...beside("short"), ratio: ratio("short") },
      { name: `${name} of text`, ...beside("text"), ratio: ratio("text") },
    ];
  } finally {
    for (const floor of floors) floor.stop();
    await site.stop();
  }
}

/** These views have few or no rows in the small list, so they are compared with its first page. */
const sparse = /status|500001|expires=|used=|created_by=|search=ab12/;
const views: Record<string, string | undefined> = {
  "first page": "",
  "500th page": undefined,
  search: "?search=runner",
  "search for one token": "?search=ci-runner-500001",
  "search for one token, sorted by name": "?search=ci-runner-500001&sort=name",
  "search for none": "?search=staging",
  "search whose matches lie far down": "?search=ci-runner-7",
  "search and sort by name": "?search=runner&sort=name",
  "sort by name": "?sort=name",
  "sort by name, descending": "?sort=-name",
  "sort by created": "?sort=created_at",
  "sort by last used": "?sort=last_used_at",
  "sort by last used, descending": "?sort=-last_used_at",
  "sort by expires": "?sort=expires_at",
  "sort by expires, descending": "?sort=-expires_at",
  "revoked ones": "?status=revoked",
  "expired ones": "?status=expired",
  "expires soon": "?expires=soon",
  "expires soon, sorted by name": "?expires=soon&sort=name",
  "never used": "?used=never",
  "never used, sorted by last used, descending": "?used=never&sort=-last_used_at",
  "never used, sorted by name": "?used=never&sort=name",
  "not used for 30 days": "?used=not-for-30-days",
  "not used for 30 days, sorted by last used, descending": "?used=not-for-30-days&sort=-last_used_at",
  "not used for 30 days, sorted by expires, descending": "?used=not-for-30-days&sort=-expires_at",
  "created by the admin": "?created_by=ADMIN",
  "created by nobody": "?created_by=usr_nobody",
  "created by the admin, never used, active": "?created_by=ADMIN&used=never&status=active",
  "search for a technical user": "?search=ci-runner-500001-",
  "search for a suffix": "?search=ab12",
  "search and never used": "?search=runner&used=never",
};

/** The time to first byte of each view with many tokens, against the same view (or the first page) with 100. */
export async function measureListDepth(hundred: BenchDatabase, many: BenchDatabase): Promise<Figure[]> {
  const [small, large] = [await startSite(hundred), await startSite(many)];
  const figures: Figure[] = [];
  try {
    for (const [name, query] of Object.entries(views)) {
      const fewQuery = query && !sparse.test(query) ? query : "";
      const few = { site: small, url: listPath(hundred) + fewQuery, cookie: hundred.cookie };
      const deep = `?cursor=${many.cursorOf500th}`;
      const lots = {
        site: large,
        url: `${listPath(many)}${(query ?? deep).replace("ADMIN", many.adminId)}`,
        cookie: many.cookie,
      };
      const [fewMs, manyMs] = await medianTimes(few, lots);
      figures.push({
        name: `list of ${many.tokens.toLocaleString("en")} tokens, ${name}: time to first byte`,
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

export function listPath({ groupId }: BenchDatabase): string {
  return `/groups/${groupId}/access-tokens`;
}

export type View = { site: Site; url: string; cookie: string };

/** Visits both in turn, so that a slow phase of the machine affects both. */
export async function medianTimes(...pair: [View, View]): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let visit = 0; visit < visits; visit++) {
    const isWarmUp = visit < visits / 3;
    for (const [index, { site, url, cookie }] of pair.entries()) {
      const ms = await timeToFirstByte(site.url + url, cookie);
      if (!isWarmUp) times[index === 0 ? 0 : 1].push(ms);
    }
  }
  return [median(times[0]), median(times[1])];
}

function timeToFirstByte(url: string, cookie: string): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { headers: { cookie } }, (response) => {
      const ms = performance.now() - begun;
      if (response.statusCode !== 200) reject(new Error(`the list answered ${response.statusCode}`));
      response.resume().on("end", () => resolve(ms));
    }).on("error", reject);
  });
}
