import { beginning, type ChainKeys, type StoredEvent } from "./keys";

/** Why an entry does not follow from the previous one. */
type Verdict = "altered" | "replaced" | "inserted" | "doubtful";

type Entry = { position: number; event: StoredEvent };

/** A finding as a sentence. `organizationId` is the chain's. */
function describe({ position, event }: Entry, verdict: Verdict, organizationId: string): string {
  const says = `It now says ${JSON.stringify(event)}.`;
  if (verdict === "inserted")
    return `position ${position}: the entry was inserted or moved there. It names event ${event.id}.`;
  if (verdict === "replaced") {
    return `position ${position}: the chain's hash was replaced. Event ${event.id} is as it was sealed.`;
  }
  if (event.organizationId !== organizationId) {
    return `position ${position}: event ${event.id} was moved to organization ${event.organizationId}. ${says}`;
  }
  return verdict === "altered"
    ? `position ${position}: event ${event.id} was altered, or what stood before it was removed. ${says}`
    : `position ${position}: event ${event.id} was altered, or put there, or its hash was replaced. ${says}`;
}

function describeRemoved(position: number, eventId: string): string {
  return `position ${position}: event ${eventId} was removed.`;
}

function describeGap(expected: number, position: number): string {
  if (position < 1) return `position ${position}: the entry was inserted, for the chain begins at 1.`;
  const missing = position === expected + 1 ? `position ${expected}` : `positions ${expected} to ${position - 1}`;
  return `${missing}: removed from the chain, so that position ${position} can't be checked.`;
}

function describeRun(first: number, last: number): string {
  return `positions ${first} to ${last}: none of these follows from the one before it either.`;
}

export function describeStray(event: StoredEvent): string {
  const why = "it was not written by the application, or was altered before it was sealed, or its entry was removed";
  return `event ${event.id} is not in the chain: ${why}. It says ${JSON.stringify(event)}.`;
}

export function describeWaiting(count: number, oldest: Date): string {
  const events = count === 1 ? "1 event still waits" : `${count} events still wait`;
  const since = `written at ${JSON.stringify(oldest)}${count === 1 ? "" : " and later"}`;
  return `${events} to be sealed, ${since}: the service does not run, or can't seal.`;
}

export function describeDuplicate(eventId: string, count: number): string {
  return `event ${eventId} is there ${count} times: the chain is of one of them.`;
}

export function describeExtra(count: number): string {
  return `${count} more ${count === 1 ? "entry is" : "entries are"} in the chain than it has positions.`;
}

export function describeRemovedUnsealed(eventId: string): string {
  return `event ${eventId} was removed before it was sealed.`;
}

/** A stored entry of the chain, with its event if that still exists. */
export type Link = { position: number; eventId: string; hash: Buffer; event: StoredEvent | null };

/** An entry that does not follow from the previous one. The next entry shows what happened to it. */
type Suspect = { position: number; event: StoredEvent; before: Buffer; computed: Buffer };

/** Doubtful entries in a row that are reported one by one; the rest is one finding. */
const namedInARow = 20;

/**
 * Walks one organization's chain entry by entry and reports its faults. It continues from the stored hash, so that one
 * altered event is one finding, without one for each later entry.
 */
export class ChainWalk {
  entries = 0;
  head = { position: 0, hash: beginning };
  #suspect: Suspect | undefined;
  /** A run of consecutive doubtful entries. */
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

  /** Ends the walk. The last entry has no successor that explains it. */
  end(): void {
    this.#reportSuspect("doubtful");
    this.#endRow();
  }

  #check(position: number, event: StoredEvent, hash: Buffer): void {
    const before = this.head.hash;
    const computed = this.keys.hash(before, event);
    const verdict = computed.equals(hash) ? "altered" : this.#explain(event, hash);
    this.#reportSuspect(verdict);
    if (verdict === "doubtful") this.#suspect = { position, event, before, computed };
  }

  /** What happened to the suspect, derived from which of its possible hashes this entry follows. */
  #explain(event: StoredEvent, hash: Buffer): Verdict {
    const follows = (previous?: Buffer) => previous && this.keys.hash(previous, event).equals(hash);
    if (follows(this.#suspect?.computed)) return "replaced";
    return follows(this.#suspect?.before) ? "inserted" : "doubtful";
  }

  #reportSuspect(verdict: Verdict): void {
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
