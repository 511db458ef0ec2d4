import type { StoredEvent } from "./chain-bytes";

/** What is known of an entry that does not follow from the one before it. */
export type Verdict = "altered" | "replaced" | "inserted" | "doubtful";

type Entry = { position: number; event: StoredEvent };

/** A finding as a sentence. `organizationId` is the one whose chain it is. */
export function describe({ position, event }: Entry, verdict: Verdict, organizationId: string): string {
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

export function describeRemoved(position: number, eventId: string): string {
  return `position ${position}: event ${eventId} was removed.`;
}

export function describeGap(expected: number, position: number): string {
  if (position < 1) return `position ${position}: the entry was inserted, for the chain begins at 1.`;
  const missing = position === expected + 1 ? `position ${expected}` : `positions ${expected} to ${position - 1}`;
  return `${missing}: removed from the chain, so that position ${position} can't be checked.`;
}

export function describeRun(first: number, last: number): string {
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
