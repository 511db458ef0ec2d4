/** The events of one organization that exports have. Positions are those in its chain. */
export type Covered = {
  /** The last position of the restored chain that is older than the exports. */
  restored: number;
  /** Positions that the exports have, in any order. */
  positions: readonly number[];
  /** Noted heads, and whether the restored chain has them. */
  heads?: readonly { position: number; isRestored: boolean }[];
  /** The logs of the organization that no export has as a whole, in words. Undefined without exports. */
  missing?: readonly string[];
};

/**
 * What the exports lack of an organization's later log, as a sentence; undefined if they have all of it, as far as the
 * last position that is known.
 */
export function lackOf({ restored, positions, heads = [], missing }: Covered): string | undefined {
  const later = new Set(positions.filter((position) => position > restored));
  const noted = heads.reduce((last, { position, isRestored }) => (isRestored ? last : Math.max(last, position)), 0);
  if (later.size === 0) {
    if (noted > 0) return `no export has its later log, which goes on to position ${noted}.`;
    // The events of the exports themselves have no position yet.
    return heads.length > 0 || missing?.length === 0 ? undefined : `no export has its log after position ${restored}.`;
  }
  const last = Math.max(restored, noted, ...ends(later));
  const gaps: string[] = [];
  for (let position = restored + 1; position <= last; position++) {
    if (later.has(position)) continue;
    const first = position;
    while (position < last && !later.has(position + 1)) position++;
    gaps.push(first === position ? `${first}` : `${first} to ${position}`);
  }
  if (gaps.length > 0) {
    const named = enumerate(gaps, "gaps");
    return `no export has the positions ${named}. Export the log of the organization, and of each of its groups, also of deleted ones.`;
  }
  // A log that is not exported may have events after the last position. They would leave no gap.
  if (!missing?.length || noted === last) return undefined;
  return `no export has the whole log of ${enumerate(missing, "logs")}. Export it without a filter, even if nothing happened there, or say with --head where the log ends.`;
}

const mostNamed = 10;

function enumerate(names: readonly string[], what: string): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more ${what}` : "";
  return names.slice(0, mostNamed).join(", ") + more;
}

function ends(positions: ReadonlySet<number>): number[] {
  let last = 0;
  for (const position of positions) last = Math.max(last, position);
  return [last];
}
