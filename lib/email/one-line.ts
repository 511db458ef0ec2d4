/** For a header or a sentence: replaces line breaks and invisible characters, which could start another header. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}
