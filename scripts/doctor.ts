// `npm run doctor`: says of the settings, the database and the servers that the service needs what is right and wrong.
import { resolveNamesOfFetch } from "@/lib/guarded-http/global-names";
import { checks } from "@/server/doctor/checks";
import { examine } from "@/server/doctor/examine";
import { inspecting } from "@/server/doctor/inspect";
import { isAllRight, lineOf, summaryOf } from "@/server/doctor/report";
import { completeEnvironment } from "@/server/start/complete-environment";
import { runCommand } from "@/server/start/problem-lines";

await runCommand(async () => {
  const fileProblems = completeEnvironment(process.env);
  resolveNamesOfFetch();
  await inspecting(process.env, fileProblems, async (inspection) => {
    const findings = await examine(checks, inspection);
    for (const finding of findings) process.stdout.write(`${lineOf(finding)}\n`);
    process.stdout.write(`\n${summaryOf(findings)}\n`);
    if (!isAllRight(findings)) process.exitCode = 1;
  });
});
