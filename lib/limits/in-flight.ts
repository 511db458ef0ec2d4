import type { EventEmitter } from "node:events";

/** Of one caller: requests that are worked on at once, others that may wait, and milliseconds for which each may. */
type Limit = { atOnce: number; waiting: number; maxWait: number };
type Line = { atWork: number; waiting: Set<(isIn: boolean) => void> };

/**
 * Bounds how many requests of one caller are worked on at once. Those of other callers don't count: how the callers share
 * what is scarce is up to that. A caller without requests is not kept in memory.
 */
export class InFlight {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly limit: Limit) {}

  /** The place of a request that is still to be entered. `answer` emits `close` where its client hangs up. */
  place(answer: EventEmitter): Place {
    return new Place(this, this.limit.maxWait, answer);
  }

  /** How many callers have requests here. */
  get callers(): number {
    return this.lines.size;
  }

  /** False at once where as many wait as may, and later where the request's time is over or its client is gone. */
  enter(caller: string, maxWait: number, answer: EventEmitter): true | Promise<boolean> {
    const line = this.lines.get(caller) ?? { atWork: 0, waiting: new Set() };
    if (line.atWork >= this.limit.atOnce) return this.wait(line, maxWait, answer);
    line.atWork++;
    this.lines.set(caller, line);
    return true;
  }

  leave(caller: string): void {
    const line = this.lines.get(caller);
    if (!line) return;
    const [next] = line.waiting;
    if (next) next(true);
    else if (--line.atWork === 0) this.lines.delete(caller);
  }

  private async wait({ waiting }: Line, maxWait: number, answer: EventEmitter): Promise<boolean> {
    if (waiting.size >= this.limit.waiting) return false;
    return new Promise((resolve) => {
      const end = (isIn: boolean) => {
        waiting.delete(end);
        clearTimeout(timer);
        answer.off("close", giveUp);
        resolve(isIn);
      };
      const giveUp = () => end(false);
      const timer = setTimeout(giveUp, maxWait);
      answer.once("close", giveUp);
      waiting.add(end);
    });
  }
}

/** One request's place: with one caller, or, once it is known who that is, with another. */
export class Place {
  private caller: string | undefined;
  /** Milliseconds for which the request has waited. */
  waited = 0;

  constructor(
    private readonly inFlight: InFlight,
    private readonly maxWait: number,
    private readonly answer: EventEmitter,
  ) {}

  /** Waits for a place with this caller, having left the one before. False where there is none in time. */
  enter(caller: string): true | Promise<boolean> {
    if (caller === this.caller) return true;
    this.leave();
    const entered = this.inFlight.enter(caller, this.maxWait - this.waited, this.answer);
    if (entered !== true) return this.wait(caller, entered);
    this.caller = caller;
    return true;
  }

  leave(): void {
    if (this.caller !== undefined) this.inFlight.leave(this.caller);
    this.caller = undefined;
  }

  private async wait(caller: string, entered: Promise<boolean>): Promise<boolean> {
    const begun = performance.now();
    const isIn = await entered;
    this.waited += performance.now() - begun;
    if (isIn) this.caller = caller;
    return isIn;
  }
}
