import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";
import { seedTokens } from "@/db/seed-many";
import { findBrowser } from "@/scripts/browser.mjs";
import { type BenchServer, withClient } from "./database";
import { median } from "./report";

export type ListPage = { few: number; many: number; fewMs: number; manyMs: number; ratio: number };
export type PageWeight = { scriptBytes: number; requests: number; tableVisibleMs: number };

type Site = { url: string; stop: () => Promise<void> };
type List = { path: string; cookie: string };

const few = 100;
const visits = 150;

/** The Access Tokens tab as `npm start` serves it: time to first byte with few and with many tokens, and its weight. */
export async function measureListPage(server: BenchServer, many: number): Promise<ListPage & PageWeight> {
  const small = await makeList(server, few);
  const large = await makeList(server, many);
  const site = await startSite();
  try {
    const [fewMs, manyMs] = await medianTimes(site, small, large);
    return { few, many, fewMs, manyMs, ratio: manyMs / fewMs, ...(await weigh(site, small)) };
  } finally {
    await site.stop();
  }
}

async function makeList(server: BenchServer, tokens: number): Promise<List> {
  const { createTenant } = await import("@/lib/testing/tenant");
  const { createSession } = await import("@/lib/auth/sessions");
  const { group } = await createTenant();
  await withClient(server.url, (client) => seedTokens(client, group.id, tokens));
  const cookie = `authjs.session-token=${await createSession(group.admin.userId)}`;
  return { path: `/groups/${group.id}/access-tokens`, cookie };
}

/** In turn, so that what slows the machine down slows both. */
async function medianTimes(site: Site, small: List, large: List): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let visit = 0; visit < visits; visit++) {
    const isWarmUp = visit < visits / 3;
    for (const [index, list] of [small, large].entries()) {
      const ms = await timeToFirstByte(site.url + list.path, list.cookie);
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

/** What a browser with an empty cache loads for the list. */
async function weigh(site: Site, list: List): Promise<PageWeight> {
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: isRoot ? ["--no-sandbox"] : [] });
  try {
    const page = await browser.newPage({ extraHTTPHeaders: { cookie: list.cookie } });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.enable");
    const scripts = new Set<string>();
    const weight = { scriptBytes: 0, requests: 0 };
    devtools.on("Network.responseReceived", ({ type, requestId }) => type === "Script" && scripts.add(requestId));
    devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      weight.requests++;
      if (scripts.has(requestId)) weight.scriptBytes += encodedDataLength;
    });
    const begun = performance.now();
    await page.goto(site.url + list.path, { waitUntil: "commit" });
    await page.getByRole("table").waitFor();
    const tableVisibleMs = performance.now() - begun;
    await page.waitForLoadState("networkidle");
    return { ...weight, tableVisibleMs };
  } finally {
    await browser.close();
  }
}

async function startSite(): Promise<Site> {
  const env = { ...process.env, NODE_ENV: "production" as const, PORT: "0", HOST: "localhost" };
  const child = spawn(process.execPath, ["dist/server.js"], { env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^veHaaS is ready at (\S+)$/.exec(line)?.[1];
    if (url) return { url, stop: () => end(child) };
  }
  throw new Error("the server ended before it was ready: has it been built (npm run build)?");
}

async function end(child: ReturnType<typeof spawn>): Promise<void> {
  const exit = once(child, "exit");
  child.stdout?.resume();
  child.kill("SIGTERM");
  await exit;
}
