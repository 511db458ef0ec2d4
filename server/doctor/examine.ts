import { SettingsError } from "@/lib/env";
import { redact } from "@/lib/redact";
import { type Finding, wrong } from "./finding";
import type { Check, Inspection } from "./inspection";

/** Milliseconds for each check. */
const longestCheck = 30_000;

/** Makes all checks at once. One that fails or does not end is a finding itself, and hides no other. */
export async function examine(
  checks: readonly Check[],
  inspection: Inspection,
  milliseconds = longestCheck,
): Promise<Finding[]> {
  const findings = await Promise.all(checks.map((check) => findingsOf(check, inspection, milliseconds)));
  return findings.flat();
}

async function findingsOf({ subject, look }: Check, inspection: Inspection, milliseconds: number): Promise<Finding[]> {
  const tooLong = Promise.withResolvers<Finding[]>();
  const timer = setTimeout(
    () => tooLong.resolve([wrong(subject, `could not be checked within ${milliseconds / 1000} seconds`)]),
    milliseconds,
  );
  try {
    return await Promise.race([look(inspection), tooLong.promise]);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map((problem) => wrong(subject, problem));
    const reason = error instanceof Error ? error.message : "no reason is known";
    return [wrong(subject, `could not be checked: ${redact(reason.replace(/\s+/g, " ").slice(0, 300))}`)];
  } finally {
    clearTimeout(timer);
  }
}
