import { z } from "zod";
import { EmbeddedPostgresError } from "@/db/embedded/files";
import { reasonOf, refusalIn } from "@/db/session/open-session";
import { SettingsError } from "@/lib/env";
import { isUnavailable } from "@/lib/unavailable";

/** What the operator is told of an error that they can do something about; undefined where it is a bug. */
export function problemLines(error: unknown): string | undefined {
  if (error instanceof SettingsError) return error.problems.join("\n");
  if (error instanceof EmbeddedPostgresError) return error.message;
  if (error instanceof z.ZodError) return z.prettifyError(error);
  const refusal = refusalIn(error);
  if (refusal) return `DATABASE_URL names a database that refuses: ${reasonOf(refusal)}`;
  return isUnavailable(error) ? `DATABASE_URL names a database that can't be used: ${reasonOf(error)}` : undefined;
}

/** Runs an operator's command: what they can do something about is said in a line, and ends it with 1. */
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
