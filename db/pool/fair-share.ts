/** How many places a caller holds, and its claims of more, the oldest first. */
type Party = { key: string; held: number; claims: Set<Claim> };
/** A claim of one place, which is held once `start` was called. */
export type Claim = { party: Party; start: (claim: Claim) => void };

/**
 * Shares a number of places between callers. A caller gets another one while it holds less than a quarter of what is free:
 * one caller alone has a fifth of all, and each that has its share leaves places for the next. A place that becomes free
 * goes to the caller that holds the fewest; among equals to the one that has waited the longest.
 */
export class FairShare {
  private readonly parties = new Map<string, Party>();
  /** Callers with claims that wait, by how many places they hold. */
  private readonly waiting: Set<Party>[];

  constructor(private free: number) {
    this.waiting = Array.from({ length: free + 1 }, () => new Set());
  }

  /** Calls `start` as soon as there is a place: now, or later. The place is held until `end`. */
  claim(key: string, start: (claim: Claim) => void): Claim {
    const party = this.partyOf(key);
    const claim: Claim = { party, start };
    if (party.claims.size === 0 && this.hasPlaceFor(party)) {
      this.changeHeld(party, 1);
      start(claim);
    } else {
      party.claims.add(claim);
      this.waiting[party.held]?.add(party);
    }
    return claim;
  }

  /** Gives back the place of a claim, or takes back one that was not started yet. */
  end(claim: Claim): void {
    const { party } = claim;
    this.changeHeld(party, party.claims.delete(claim) ? 0 : -1);
    while (this.serveNext());
  }

  private serveNext(): boolean {
    // Who holds more has no claim to a place that the first of these may not have.
    const [party] = this.waiting.find(({ size }) => size > 0) ?? [];
    const [claim] = party?.claims ?? [];
    if (!party || !claim || !this.hasPlaceFor(party)) return false;
    party.claims.delete(claim);
    this.changeHeld(party, 1);
    claim.start(claim);
    return true;
  }

  private hasPlaceFor({ held }: Party): boolean {
    return held * 4 < this.free;
  }

  private changeHeld(party: Party, by: number): void {
    this.waiting[party.held]?.delete(party);
    party.held += by;
    this.free -= by;
    if (party.claims.size > 0) this.waiting[party.held]?.add(party);
    else if (party.held === 0) this.parties.delete(party.key);
  }

  private partyOf(key: string): Party {
    const party = this.parties.get(key) ?? { key, held: 0, claims: new Set() };
    this.parties.set(key, party);
    return party;
  }
}
