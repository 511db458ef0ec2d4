/** For a header or a sentence: without line breaks and what else is invisible, which could begin another header. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}
