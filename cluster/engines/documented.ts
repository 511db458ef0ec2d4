import { readFileSync } from "node:fs";

const document = "docs/high-availability.md";

/** The configuration that the document shows in this language and that contains the text. */
export function documented(language: string, containing: string): string {
  const blocks = readFileSync(document, "utf8").matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  const found = [...blocks].map(([, block = ""]) => block).find((block) => block.includes(containing));
  if (!found) throw new Error(`${document} has no ${language} block with ${containing}`);
  return found;
}

/** The text with each match replaced. Throws unless there are as many matches as replacements. */
export function replaceEach(text: string, pattern: RegExp, replacements: string[]): string {
  let count = 0;
  const replaced = text.replace(pattern, () => replacements[count++] ?? "");
  if (count !== replacements.length) throw new Error(`${document}: ${count} matches of ${pattern}`);
  return replaced;
}
