import { DomainError } from "@/lib/errors";

/**
 * A stored secret that can't be sealed or opened. Says why, never what it holds. Where it reaches a person it is a
 * refusal in words: `conflict` for a value, which can be replaced, `unavailable` for a data key, which can't.
 */
export class SealError extends DomainError {
  constructor(message: string, { isOfKey = false, cause }: { isOfKey?: boolean; cause?: unknown } = {}) {
    super(isOfKey ? "unavailable" : "conflict", message);
    this.name = "SealError";
    this.cause = cause;
  }
}
