/** A simple HTML message: what is in `parts` is HTML already. */
export function htmlMessage(parts: readonly string[]): string {
  return `<!doctype html><html lang="en"><body>${parts.join("")}</body></html>`;
}

export function paragraph(html: string): string {
  return `<p>${html}</p>`;
}

export function link(url: string, text: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}

/** A list of lines that are HTML already. */
export function bulletList(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li style="margin:4px 0">${line}</li>`).join("")}</ul>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
