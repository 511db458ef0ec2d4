/** The events of one organization that exports have. Positions are those in its chain. */
export type Covered = {
  /** The last position of the restored chain that is older than the exports. */
  restored: number;
  /** Positions that the exports have, in any order. */
  positions: readonly number[];
  /** A position that is known to exist, from a noted head. */
  noted?: number | undefined;
};

/**
 * What the exports lack of an organization's later log, as a sentence; undefined if they have all of it, as far as the
 * last position that is known.
 */
export function lackOf({ restored, positions, noted }: Covered): string | undefined {
  const later = new Set(positions.filter((position) => position > restored));
  const last = Math.max(restored, noted ?? 0, ...ends(later));
  if (later.size === 0 && noted === restored) return undefined;
  if (later.size === 0) return `no export has its log after position ${restored}.`;
  const gaps: string[] = [];
  for (let position = restored + 1; position <= last; position++) {
    if (later.has(position)) continue;
    const first = position;
    while (position < last && !later.has(position + 1)) position++;
    gaps.push(first === position ? `${first}` : `${first} to ${position}`);
  }
  if (gaps.length === 0) return undefined;
  const named = gaps.slice(0, mostNamed).join(", ");
  const more = gaps.length > mostNamed ? ` and ${gaps.length - mostNamed} more gaps` : "";
  return `no export has the positions ${named}${more}. Export the log of the organization, and of each of its groups, also of deleted ones.`;
}

const mostNamed = 10;

function ends(positions: ReadonlySet<number>): number[] {
  let last = 0;
  for (const position of positions) last = Math.max(last, position);
  return [last];
}
