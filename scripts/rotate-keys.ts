// `npm run keys:rotate`: wraps every data key with the first key of ENCRYPTION_KEYS, without stopping the service.
import "@/server/start/env-file";
import { readSettings } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";

await runCommand(rotate);

async function rotate(): Promise<void> {
  const database = await openDatabase(readSettings(process.env));
  try {
    const [{ db }, { masterKeys }, { rotateDataKeys }] = await Promise.all([
      import("@/db/client"),
      import("@/lib/crypto/master-keys"),
      import("@/lib/crypto/rotate"),
    ]);
    const { rewrapped, unreadable } = await rotateDataKeys(db, masterKeys());
    process.stdout.write(`Data keys now wrapped with “${masterKeys().first.id}”: ${rewrapped}.\n`);
    if (unreadable.length === 0) return;
    process.stderr.write(`Data keys that did not open, left as they are: ${unreadable.join(", ")}.\n`);
    process.exitCode = 1;
  } finally {
    await processWide.pool?.end();
    await database.close();
  }
}
