/** What a token's environment variables may be. Names and values both count towards `totalBytes`, in UTF-8. */
export const limits = { nameLength: 255, valueBytes: 48 * 1024, totalBytes: 128 * 1024, variables: 200 } as const;

export const valueTooLong = `A value may have at most ${limits.valueBytes / 1024} KiB.`;

/** Characters of a .env text. It may be longer than what it may set: comments don't count. */
export const dotenvLength = 256 * 1024;
export const dotenvTooLong = `Use at most ${dotenvLength / 1024} KiB of text.`;

/** What the limits judge: how many variables, and the bytes of their names and values. */
export type Usage = { variables: number; usedBytes: number };

export function usageOf(variables: { name: string; size: number }[]): Usage {
  return {
    variables: variables.length,
    usedBytes: variables.reduce((sum, { name, size }) => sum + name.length + size, 0),
  };
}

/** Which limit this would be beyond, in words; undefined where it is within them. */
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

/** Rounded up, so that what is beyond a limit never reads like the limit. */
function kibibytes(bytes: number): string {
  return `${Math.ceil((bytes / 1024) * 10) / 10} KiB`;
}
