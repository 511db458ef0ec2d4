// `npm run people:unlock -- ada@example.com`: clears the failed sign-ins that lock a person's password sign-in.
import "@/server/start/env-file";
import { readSettings, SettingsError } from "@/lib/env";
import { count } from "@/lib/format";
import { processWide } from "@/lib/process/process-wide";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";

const usage = "Give one e-mail address, and nothing else: npm run people:unlock -- ada@example.com";

await runCommand(async () => unlock(emailOf(process.argv.slice(2))));

function emailOf([email = "", ...others]: string[]): string {
  const isAddress = /^[^\s\0-][^\s\0]{0,318}@[^\s\0@]+$/.test(email) && email.length <= 320;
  if (!isAddress || others.length > 0) throw new SettingsError([usage]);
  return email;
}

async function unlock(email: string): Promise<void> {
  const database = await openDatabase(readSettings(process.env));
  try {
    const { unlockPerson } = await import("@/lib/sign-in/unlock");
    const cleared = await unlockPerson(email);
    if (cleared === undefined) throw new SettingsError([`Nobody has the e-mail address ${email}.`]);
    process.stdout.write(`${told(cleared, email)}\n`);
  } finally {
    await processWide.pool?.end();
    await database.close();
  }
}

function told(cleared: number, email: string): string {
  if (cleared === 0) return `There were no failed sign-ins of ${email} to clear: nothing was locked.`;
  return `Unlocked ${email}: cleared ${count(cleared, "count")} of failed sign-ins. Counts of networks stay, for five minutes at most.`;
}
