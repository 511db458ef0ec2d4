import { checks } from "@/server/doctor/checks";
import { examine } from "@/server/doctor/examine";
import type { Finding } from "@/server/doctor/finding";
import { inspecting } from "@/server/doctor/inspect";

/** The settings of the test file's database. */
export function settingsOfTest(differing: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const { DATABASE_URL, AUTH_SECRET, ENCRYPTION_KEYS } = process.env;
  return { DATABASE_URL, AUTH_SECRET, ENCRYPTION_KEYS, ...differing };
}

/** What `npm run doctor` finds with these settings, of these subjects or of all. */
export function findingsWith(env: Record<string, string | undefined>, subjects?: string[]): Promise<Finding[]> {
  const chosen = checks.filter(({ subject }) => !subjects || subjects.includes(subject));
  return inspecting(env, [], (inspection) => examine(chosen, inspection));
}
