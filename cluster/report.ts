export type Check = { what: string; isPassed: boolean };

/** Of one fault. Seconds are undefined if no request failed. */
export type Outcome = {
  name: string;
  title: string;
  checks: Check[];
  answers: number;
  unavailable: number;
  authentication: number | undefined;
  write: number | undefined;
  acknowledged: number;
  connections: number;
};

export function showChecks(checks: Check[]): void {
  for (const { what, isPassed } of checks) console.info(`  ${isPassed ? "passed" : "FAILED"}  ${what}`);
}

export function showTable(outcomes: Outcome[]): void {
  const rows = outcomes.map(
    ({ title, answers, unavailable, authentication, write, acknowledged, connections }, index) => [
      `${index + 1} ${title}`,
      {
        "authentication after": inSeconds(authentication),
        "write after": inSeconds(write),
        "503 of all answers": `${unavailable} of ${answers}`,
        "writes acknowledged": acknowledged,
        "connections at most": connections,
      },
    ],
  );
  console.info();
  console.table(Object.fromEntries(rows));
}

function inSeconds(seconds: number | undefined): string {
  return seconds === undefined ? "none failed" : `${seconds.toFixed(1)} s`;
}
