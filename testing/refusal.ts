import { DomainError } from "@/lib/errors";

/** The refusal that the work ends with, with all its parts for comparisons. Throws if the work isn't refused. */
export async function refusal(work: Promise<unknown>): Promise<Pick<DomainError, "code" | "message" | "errors">> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message, errors } = error;
    return { code, message, errors };
  }
  throw new Error("it was not refused");
}

/** The number of concurrent runs that were done, and the number that were refused, by code. */
export async function outcomes(runs: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const run of await Promise.allSettled(runs)) {
    if (run.status === "rejected" && !(run.reason instanceof DomainError)) throw run.reason;
    const ending = run.status === "fulfilled" ? "done" : run.reason.code;
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return counts;
}
