/** The domain's words as pages write them. The API answers them with the quotes of a keyboard. */
export function typographic(words: string): string {
  return words.replace(/(?<=\p{L})'/gu, "’").replace(/"([^"]*)"/g, "“$1”");
}
