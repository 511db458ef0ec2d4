type Start = () => void;
type Line = Set<Start>;

/** Else callers that ask for one after the other, or a flood of new ones, would keep the others from their turn. */
const mostFreshInARow = 4;

/**
 * Those that wait for a connection: callers in turn, and each caller's own in the order in which they came. A caller of
 * whom nobody waited is next, after others of that kind: one that floods goes on after it (as in RFC 8290, 4.2). Every
 * fifth turn is that of the others all the same.
 */
export class Turns {
  private readonly fresh = new Map<string, Line>();
  private readonly served = new Map<string, Line>();
  private freshInARow = 0;

  get isEmpty(): boolean {
    return this.fresh.size === 0 && this.served.size === 0;
  }

  /** Answers how to leave the line. */
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
