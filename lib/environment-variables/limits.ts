/** Limits of a token's environment variables. Names and values both count towards `totalBytes`, in UTF-8. */
export const limits = { nameLength: 255, valueBytes: 48 * 1024, totalBytes: 128 * 1024, variables: 200 } as const;

export const valueTooLong = `A value may have at most ${limits.valueBytes / 1024} KiB.`;

/** Characters of a .env text. More than the values' limit, since comments don't count. */
export const dotenvLength = 256 * 1024;
export const dotenvTooLong = `Use at most ${dotenvLength / 1024} KiB of text.`;

/** Number of variables, and the bytes of their names and values. */
export type Usage = { variables: number; usedBytes: number };

export function usageOf(variables: { name: string; size: number }[]): Usage {
  return {
    variables: variables.length,
    usedBytes: variables.reduce((sum, { name, size }) => sum + name.length + size, 0),
  };
}

/** Names the exceeded limit; undefined if none is. */
export function beyondLimits({
  variables,
  usedBytes,
}: Usage): { field: "name" | "value"; message: string } | undefined {
  if (variables > limits.variables) {
    const message = `An access token has at most ${limits.variables} environment variables; this would make ${variables}. Remove some first.`;
    return { field: "name", message };
  }
  if (usedBytes > limits.totalBytes) {
    const message = `The names and values of all environment variables together have at most ${kibibytes(limits.totalBytes)}; this would make ${kibibytes(usedBytes)}. Shorten or remove some first.`;
    return { field: "value", message };
  }
  return undefined;
}

/** Rounds up, so that a value over the limit never reads like the limit. */
function kibibytes(bytes: number): string {
  return `${Math.ceil((bytes / 1024) * 10) / 10} KiB`;
}
