import { expect, test } from "vitest";
import { clientName } from "./client-name";

test.each([
  ["curl/8.5.0", "curl"],
  ["python-requests/2.32.3", "python-requests"],
  ["GitLab-Runner 17.2.0 (17-2-stable; go1.22; linux/amd64)", "GitLab-Runner"],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36", "Mozilla"],
  ["k6", "k6"],
  ["x".repeat(5000), "x".repeat(40)],
  ["curl<script>", "curl"],
  ["<script>alert(1)</script>", null],
  ["\u202ecurl", null],
  [" curl", null],
  ["(comment)", null],
  [`vhg_${"a".repeat(49)}`, null],
  ["glpat-abcdefghijklmnopqrst", null],
  ["", null],
  [undefined, null],
])("%s names %s", (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name);
});
