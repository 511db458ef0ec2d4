/** A simple HTML message: what is in `parts` is HTML already. */
export function htmlMessage(parts: readonly string[]): string {
  const style = "font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;color:#1b1f24;max-width:40em";
  return `<!doctype html><html lang="en"><body style="${style}">${parts.join("")}</body></html>`;
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
