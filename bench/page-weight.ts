import { chromium } from "playwright";
import { findBrowser } from "@/scripts/browser.mjs";
import type { BenchDatabase } from "./database";
import { listPath } from "./list-page";
import { type Figure, noMore } from "./report";
import { startSite } from "./site";

/** What a browser with an empty cache loads for the list of 100 tokens, and the time from the server's start to ready. */
export async function measureWeight(hundred: BenchDatabase): Promise<Figure[]> {
  const site = await startSite(hundred);
  try {
    const { scriptBytes, requests, tableVisibleMs } = await weigh(site.url + listPath(hundred), hundred.cookie);
    const reported = { floor: "" };
    return [
      {
        ...reported,
        name: "list page, cold: bytes of scripts on the wire",
        measured: `${scriptBytes.toLocaleString("en")} bytes`,
        ...noMore(150_000, scriptBytes),
      },
      { ...reported, name: "list page, cold: requests", measured: String(requests), ...noMore(12, requests) },
      { ...reported, name: "list page, cold: table visible", measured: `${Math.round(tableVisibleMs)} ms` },
      { ...reported, name: "process start to ready, warm", measured: `${Math.round(site.startedInMs)} ms` },
    ];
  } finally {
    await site.stop();
  }
}

async function weigh(url: string, cookie: string) {
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: isRoot ? ["--no-sandbox"] : [] });
  try {
    const page = await browser.newPage({ extraHTTPHeaders: { cookie } });
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
    await page.goto(url, { waitUntil: "commit" });
    await page.getByRole("table").waitFor();
    const tableVisibleMs = performance.now() - begun;
    await page.waitForLoadState("networkidle");
    return { ...weight, tableVisibleMs };
  } finally {
    await browser.close();
  }
}
