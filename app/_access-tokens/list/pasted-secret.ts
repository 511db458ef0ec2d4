/**
 * For a search text that contains an access token's secret, or a part of one: its last four characters, by which the
 * token is found, or an empty text if the secret is not complete. Undefined for any other text.
 */
export function suffixOfPastedSecret(text: string): string | undefined {
  if (!/vh[goj]_/i.test(text)) return undefined;
  return /vh[goj]_[0-9A-Za-z]{45}([0-9A-Za-z]{4})(?![0-9A-Za-z])/.exec(text)?.[1] ?? "";
}

export const aboutPastedSecrets = {
  whole: "Only the last four characters of a secret are searched for. The secret was neither sent nor stored.",
  part: "This looks like a part of a secret, so it was not searched for. Enter the secret’s last four characters.",
};
