/** What the person who starts the app can do something about; its message is all they need to see. */
export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}
