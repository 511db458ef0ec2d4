import { expect, test } from "vitest";
import { browserName } from "./session-rows";

const webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const apple = "like Mac OS X";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/150.0.0.0 Safari/537.36`, "Chrome on Windows"],
  [`Mozilla/5.0 (Windows NT 10.0; x64) ${webkit} Chrome/150.0.0.0 Safari/537.36 Edg/150.0`, "Edge on Windows"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/26.0 Safari/605.1.15`, "Safari on macOS"],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 ${apple}) ${webkit} Version/19.0 Mobile/15E148 Safari/604.1`,
    "Safari on iPhone",
  ],
  [`Mozilla/5.0 (iPad; CPU OS 19_0 ${apple}) ${webkit} CriOS/150.0 Mobile/15E148 Safari/604.1`, "Chrome on iPad"],
  [`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${webkit} Chrome/150.0.0.0 Mobile Safari/537.36`, "Chrome on Android"],
  [`Mozilla/5.0 (Linux; Android 15) ${webkit} SamsungBrowser/28.0 Chrome/130.0`, "Samsung Internet on Android"],
  [`Mozilla/5.0 (X11; CrOS x86_64 1) ${webkit} Chrome/150.0 Safari/537.36 OPR/110.0`, "Opera on ChromeOS"],
  ["curl/8.9.1", "Unknown browser"],
  ["<b>Linux</b>", "Unknown browser on Linux"],
  ["", "Unknown browser"],
  [undefined, "Unknown browser"],
  ["x".repeat(16_000), "Unknown browser"],
])("%s is %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});
