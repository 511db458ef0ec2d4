// `npm run audit:verify -- --head org_…:1234:<hash>`: checks the audit log's chains, and that they contain noted heads.
import "@/server/start/env-file";
import { parseArgs } from "node:util";
import { readSettings, SettingsError } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";

await runCommand(verify);

async function verify(): Promise<void> {
  const expectedHeads = readHeads();
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

function readHeads() {
  const { values } = parseArgs({ options: { head: { type: "string", multiple: true, default: [] } } });
  return values.head.map((text) => {
    const [, organizationId = "", position, hash = ""] = /^(\w+):(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
    if (!organizationId)
      throw new SettingsError([`--head ${text} is not as this command prints it: organization:position:hash.`]);
    return { organizationId, position: Number(position), hash: Buffer.from(hash, "hex") };
  });
}

/** Prints one line, whatever characters the database contains. */
function print(line: string): void {
  const visible = line.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  process.stdout.write(`${visible}\n`);
}
