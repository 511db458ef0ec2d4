import type { EventEmitter } from "node:events";

/** Limits per caller: requests in progress, requests waiting, and the maximum wait in milliseconds. */
type Limit = { atOnce: number; waiting: number; maxWait: number };
/** Few callers ever have waiting requests. */
type Line = { atWork: number; waiting: Set<(isIn: boolean) => void> | undefined };

/**
 * Limits how many requests of one caller are in progress. Callers do not affect each other here; the database pool
 * shares its connections between them. A caller without requests is not kept in memory.
 */
export class InFlight {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly limit: Limit) {}

  /** Creates the place of a request. `answer` must emit `close` if the client disconnects. */
  place(answer: EventEmitter): Place {
    return new Place(this, this.limit.maxWait, answer);
  }

  /** Number of callers with requests. */
  get callers(): number {
    return this.lines.size;
  }

  /** False at once if too many requests wait; false later if the wait times out or the client disconnects. */
  enter(caller: string, maxWait: number, answer: EventEmitter): true | Promise<boolean> {
    const line = this.lines.get(caller) ?? { atWork: 0, waiting: undefined };
    if (line.atWork >= this.limit.atOnce) return this.wait(line, maxWait, answer);
    line.atWork++;
    this.lines.set(caller, line);
    return true;
  }

  leave(caller: string): void {
    const line = this.lines.get(caller);
    if (!line) return;
    const [next] = line.waiting ?? [];
    if (next) next(true);
    else if (--line.atWork === 0) this.lines.delete(caller);
  }

  private async wait(line: Line, maxWait: number, answer: EventEmitter): Promise<boolean> {
    line.waiting ??= new Set();
    const { waiting } = line;
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

/** One request's place. It moves to another caller once the request is authenticated. */
export class Place {
  private caller: string | undefined;
  /** Milliseconds that the request has waited. */
  waited = 0;

  constructor(
    private readonly inFlight: InFlight,
    private readonly maxWait: number,
    private readonly answer: EventEmitter,
  ) {}

  /** Leaves the previous place and waits for one with this caller. False on a timeout. */
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
