/** A stored secret that can't be sealed or opened. Says why, never what it holds. */
export class SealError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SealError";
  }
}
