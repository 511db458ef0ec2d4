import type { DomainError, ErrorCode } from "@/lib/errors";
import { refused } from "./provider-errors";

/** What a provider may say in a refusal, and what is said of it here: never in the provider's own words. */
export type Refusal = readonly [said: RegExp, code: ErrorCode, message: string];

/** The first that fits what was said. */
export function refusalFor(refusals: readonly Refusal[], words: string): DomainError | undefined {
  const [, code, message] = refusals.find(([said]) => said.test(words)) ?? [];
  return code && message ? refused(code, message) : undefined;
}
