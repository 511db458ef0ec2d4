import type { StoredEvent } from "./chain-bytes";
import { beginning, type ChainKeys } from "./chain-keys";
import { describe, describeGap, describeRemoved, describeRun, type Verdict } from "./chain-words";

/** An entry of the chain as it is stored, and the event that it names, where there is one. */
export type Link = { position: number; eventId: string; hash: Buffer; event: StoredEvent | null };

/** An entry that does not follow from the one before. What happened to it is told by the entry after it. */
type Suspect = { position: number; event: StoredEvent; before: Buffer; computed: Buffer };

/** So many doubtful entries in a row are named one by one; the rest is one finding. */
const namedInARow = 20;

/**
 * Walks one organization's chain, entry by entry, and reports what is wrong with it. It goes on from the stored hash: one
 * altered event is one finding, and not all that come after it too.
 */
export class ChainWalk {
  entries = 0;
  head = { position: 0, hash: beginning };
  #suspect: Suspect | undefined;
  /** Doubtful entries, one after the other. */
  #row = { length: 0, last: 0 };

  constructor(
    private readonly organizationId: string,
    private readonly keys: ChainKeys,
    private readonly report: (finding: string) => void,
  ) {}

  next({ position, eventId, hash, event }: Link): void {
    const expected = this.head.position + 1;
    if (position === expected && event) {
      this.#check(position, event, hash);
    } else {
      this.end();
      this.report(position === expected ? describeRemoved(position, eventId) : describeGap(expected, position));
    }
    this.entries += 1;
    if (position > 0) this.head = { position, hash };
  }

  /** No entry follows that could tell more of the last. */
  end(): void {
    this.#settle("doubtful");
    this.#endRow();
  }

  #check(position: number, event: StoredEvent, hash: Buffer): void {
    const before = this.head.hash;
    const computed = this.keys.hash(before, event);
    const verdict = computed.equals(hash) ? "altered" : this.#explain(event, hash);
    this.#settle(verdict);
    if (verdict === "doubtful") this.#suspect = { position, event, before, computed };
  }

  /** What must have happened to the suspect, where this entry follows from what the suspect would have been. */
  #explain(event: StoredEvent, hash: Buffer): Verdict {
    const follows = (previous?: Buffer) => previous && this.keys.hash(previous, event).equals(hash);
    if (follows(this.#suspect?.computed)) return "replaced";
    return follows(this.#suspect?.before) ? "inserted" : "doubtful";
  }

  #settle(verdict: Verdict): void {
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (verdict !== "doubtful") this.#endRow();
    if (!suspect) return;
    if (verdict === "doubtful" && this.#row.length++ >= namedInARow) this.#row.last = suspect.position;
    else this.report(describe(suspect, verdict, this.organizationId));
  }

  #endRow(): void {
    const { length, last } = this.#row;
    if (length > namedInARow) this.report(describeRun(last - (length - namedInARow) + 1, last));
    this.#row = { length: 0, last: 0 };
  }
}
