import { z } from "zod";
import { db } from "@/db/client";
import { leakReports } from "@/db/schema";
import { hashSecret } from "@/lib/access-tokens/secret";

const most = 1000;
const hashLength = 32;

export const leakReportInput = z.strictObject({
  tokens: z.array(z.unknown()).max(most, `Report at most ${most.toLocaleString("en")} at a time.`),
});

/**
 * Stores the report for the background, which acts on it (act.ts). No secret is looked up here, so neither the answer nor
 * its time tells whether one is good. Entries that are no text can't be secrets, and are left out.
 */
export async function reportLeakedTokens({ tokens }: z.output<typeof leakReportInput>): Promise<void> {
  const hashes = tokens.flatMap((entry) => (typeof entry === "string" ? [hashSecret(entry)] : []));
  await db.insert(leakReports).values({ hashes: Buffer.concat(hashes) });
}

/** The hashes of a stored report. */
export function hashesIn(stored: Buffer): Buffer[] {
  const amount = stored.length / hashLength;
  return Array.from({ length: amount }, (_, index) => stored.subarray(index * hashLength, (index + 1) * hashLength));
}
