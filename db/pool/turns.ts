type Start = () => void;
type Line = Set<Start>;

/** Bounds how long new callers, or callers with one request after the other, can delay the others. */
const mostFreshInARow = 4;

/**
 * A queue for connections, round-robin by caller and first-in-first-out within a caller. As in RFC 8290, 4.2, a caller
 * that was not waiting is served before those already served, so that a flooding caller does not delay it. Callers
 * already served still get every fifth turn at least.
 */
export class Turns {
  private readonly fresh = new Map<string, Line>();
  private readonly served = new Map<string, Line>();
  private freshInARow = 0;

  get isEmpty(): boolean {
    return this.fresh.size === 0 && this.served.size === 0;
  }

  /** Returns a function that leaves the queue. */
  wait(caller: string, start: Start): () => void {
    const line = this.fresh.get(caller) ?? this.served.get(caller) ?? new Set();
    if (line.size === 0) this.fresh.set(caller, line);
    line.add(start);
    return () => {
      if (line.delete(start) && line.size === 0) this.forget(caller);
    };
  }

  startNext(): void {
    const isFresh = this.fresh.size > 0 && (this.served.size === 0 || this.freshInARow < mostFreshInARow);
    this.freshInARow = isFresh ? this.freshInARow + 1 : 0;
    const [first] = isFresh ? this.fresh : this.served;
    const [caller, line] = first ?? [];
    const [start] = line ?? [];
    if (caller === undefined || !line || !start) return;
    line.delete(start);
    this.forget(caller);
    if (line.size > 0) this.served.set(caller, line);
    start();
  }

  private forget(caller: string): void {
    this.fresh.delete(caller);
    this.served.delete(caller);
  }
}
