// `npm run audit:verify -- --head org_…:1234:<hash>`: checks the audit log's chains, and that they contain noted heads.
import "@/server/start/env-file";
import { readSettings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";
import { print, readArguments } from "./audit-arguments";

await runCommand(verify);

async function verify(): Promise<void> {
  const { heads: expectedHeads } = readArguments();
  const database = await openDatabase(readSettings(process.env));
  try {
    const [{ verifyAuditLog }, { formatHead }] = await Promise.all([
      import("@/lib/audit/chain/verify"),
      import("@/lib/audit/chain/events"),
    ]);
    let findings = 0;
    const verified = await verifyAuditLog(expectedHeads, (organizationId, finding) => {
      findings += 1;
      print(`${organizationId}, ${finding}`);
    });
    for (const { entries, waiting, ...head } of verified) {
      const unsealed = waiting > 0 ? `, ${waiting} not sealed yet` : "";
      const option = head.position > 0 ? `, --head ${formatHead(head)}` : "";
      print(`${head.organizationId}: ${entries} events${unsealed}${option}`);
    }
    print(findings === 0 ? "Nothing was altered, removed or inserted." : `Findings: ${findings}.`);
    if (findings > 0) process.exitCode = 1;
  } finally {
    await processWide.pool?.end();
    await database.close();
  }
}
