type Page<T> = { items: T[]; nextCursor: string | null };

/** The items of all pages of a list. Expects that every page but the last is full. */
export async function throughPages<T>(
  limit: number,
  list: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await list({ limit, cursor });
    if (page.nextCursor && page.items.length !== limit) throw new Error("a page before the last is not full");
    if (page.items.length > limit) throw new Error("a page is too long");
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return items;
}

/** Names and texts of cursors that no list returns, though some look similar. */
export const foreignCursors: [string, string][] = [
  ["a word", "x"],
  ["a quote", "' or 1=1--"],
  ["a long text", "A".repeat(5000)],
  ["null", asCursor(null)],
  ["a number", asCursor(1)],
  ["an object", asCursor({})],
  ["an empty position", asCursor([])],
  ["a position without values", asCursor(["groups"])],
  ["a position of nulls", asCursor(["groups", null, null, null])],
  ["a position with a number", asCursor(["members", "person", 1])],
  ["a position with a word for an instant", asCursor(["audit", "now", "aud_1"])],
];

export function asCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}
