import { z } from "zod";
import { EmbeddedPostgresError } from "@/db/embedded/files";
import { reasonOf, refusalIn } from "@/db/session/open-session";
import { SettingsError } from "@/lib/env";
import { isUnavailable } from "@/lib/unavailable";

/** The message of an error that the operator can fix; undefined for a bug. */
export function problemLines(error: unknown): string | undefined {
  if (error instanceof SettingsError) return error.problems.join("\n");
  if (error instanceof EmbeddedPostgresError) return error.message;
  if (error instanceof z.ZodError) return z.prettifyError(error);
  const refusal = refusalIn(error);
  if (refusal) return `DATABASE_URL names a database that refuses: ${reasonOf(refusal)}`;
  return isUnavailable(error) ? `DATABASE_URL names a database that can't be used: ${reasonOf(error)}` : undefined;
}

/** Runs an operator's command. An error that the operator can fix is printed as a line, with exit code 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const lines = problemLines(error);
    if (!lines) throw error;
    process.stderr.write(`${lines}\n`);
    process.exitCode = 1;
  }
}
