/** A variable that the asked format can't carry exactly. The message names the variable and never its value. */
export class UnrepresentableError extends Error {
  constructor(
    readonly variable: string,
    message: string,
  ) {
    super(message);
    this.name = "UnrepresentableError";
  }
}
