/**
 * The time that is left for a request's queries together, in milliseconds. Only time with at least one wait counts, and
 * concurrent waits count once.
 */
export class Deadline {
  waits = 0;
  since = 0;

  constructor(
    public left: number,
    public caller: string | undefined,
  ) {}
}

/** `place` is its index among all waits; -1 once it is over. */
export class Wait {
  readonly since = performance.now();

  constructor(
    readonly deadline: Deadline,
    readonly giveUp: () => void,
    public place: number,
  ) {}
}

/**
 * The waits of all requests. Every query adds and removes some, so that V8 must be able to forget them at once: a Set that
 * changes all the time would keep removed ones in memory until the next collection of all garbage, each table by the one
 * before. So would objects that are written as literals, which V8 soon allocates among those that live long.
 */
export class Waits {
  private readonly all: Wait[] = [];

  get count(): number {
    return this.all.length;
  }

  /** Calls `giveUp` once the deadline has passed, unless the wait is finished before. */
  begin(deadline: Deadline, giveUp: () => void): Wait {
    const wait = new Wait(deadline, giveUp, this.all.length);
    if (deadline.waits++ === 0) deadline.since = wait.since;
    this.all.push(wait);
    return wait;
  }

  /** False if it was over already. */
  finish(wait: Wait): boolean {
    const { deadline, place } = wait;
    const last = this.all.at(-1);
    if (place < 0 || !last) return false;
    this.all[place] = last;
    last.place = place;
    this.all.pop();
    wait.place = -1;
    if (--deadline.waits === 0) deadline.left -= performance.now() - deadline.since;
    return true;
  }

  isOpen({ place }: Wait): boolean {
    return place >= 0;
  }

  giveUpOverdue(): void {
    const now = performance.now();
    const overdue = this.all.filter(({ deadline }) => now - deadline.since > deadline.left);
    for (const wait of overdue) {
      if (!this.isOpen(wait)) continue;
      this.finish(wait);
      wait.giveUp();
    }
  }
}
