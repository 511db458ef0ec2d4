export type Check = { what: string; isPassed: boolean };

/** Of one fault. Seconds are undefined if no request failed. */
export type Outcome = {
  title: string;
  checks: Check[];
  answers: number;
  failed: number;
  authentication: number | undefined;
  write: number | undefined;
  acknowledged: number;
  connections: number;
};

export function showChecks(checks: Check[]): void {
  for (const { what, isPassed } of checks) console.info(`  ${isPassed ? "passed" : "FAILED"}  ${what}`);
}

export function showTable(outcomes: Outcome[]): void {
  const rows = outcomes.map(({ title, answers, failed, authentication, write, acknowledged, connections }, index) => [
    `${index + 1} ${title}`,
    {
      "authentication after": inSeconds(authentication),
      "write after": inSeconds(write),
      "failed of all requests": `${failed} of ${answers}`,
      "writes acknowledged": acknowledged,
      "connections at most": connections,
    },
  ]);
  console.info();
  console.table(Object.fromEntries(rows));
}

function inSeconds(seconds: number | undefined): string {
  return seconds === undefined ? "none failed" : `${seconds.toFixed(1)} s`;
}
