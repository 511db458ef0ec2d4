/** A caller: the number of places it holds, and its waiting claims, oldest first. */
type Party = { key: string; held: number; claims: Set<Claim> };
/** A claim for one place, which is held once `start` was called. */
export type Claim = { party: Party; start: (claim: Claim) => void };

/**
 * Shares places between callers. A caller gets another place while it holds less than a quarter of the free ones, so
 * that a single caller gets a fifth of all, and others still find some. A freed place goes to the caller that holds the
 * fewest and, among equals, has waited longest.
 */
export class FairShare {
  private readonly parties = new Map<string, Party>();
  /** Callers with waiting claims, by the number of places they hold. */
  private readonly waiting: Set<Party>[];

  constructor(private free: number) {
    this.waiting = Array.from({ length: free + 1 }, () => new Set());
  }

  /** Calls `start` once there is a place, possibly at once. The place is held until `end`. */
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

  /** Frees the place of a claim, or withdraws a claim that has not started. */
  end(claim: Claim): void {
    const { party } = claim;
    this.changeHeld(party, party.claims.delete(claim) ? 0 : -1);
    while (this.serveNext());
  }

  private serveNext(): boolean {
    // If the first of these can't have a place, callers that hold more can't either.
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
