import { AsyncLocalStorage } from "node:async_hooks";
import { Pool, type PoolClient, type PoolConfig } from "pg";
import { SessionClient, type SessionConfig } from "@/db/session/session";
import { AbandonedConnections } from "./abandoned";
import { type Claim, FairShare } from "./fair-share";
import { type BeginSpan, traceQueries } from "./traced-queries";
import { Turns } from "./turns";
import { Deadline, Waits } from "./waits";

type Release = (error?: Error | boolean) => void;
type Callback = (error: Error | undefined, client: PoolClient | undefined, release?: Release) => void;

/** `giveBack` ends the use of a connection that is in use. */
type Connection = { generation: number; madeAt: number; answeredAt: number; giveBack: (() => void) | undefined };
/** One of the pool's connections that a statement or transaction has, or waits for. */
type Place = { isInUse: boolean; isReserve: boolean; claim: Claim | undefined };

export type DeadlinePoolConfig = PoolConfig &
  SessionConfig & {
    max: number;
    /** Connections, of `max`, that only `withReserve` may take. */
    reserved?: number;
    /** Milliseconds for a query, or for a wait for a connection, without a deadline. */
    patience?: number;
    /** Begins the span of a query, if traces are sent. */
    beginSpan?: BeginSpan | undefined;
  };

const minute = 60_000;
const sweepInterval = 100;
const silence = 2000;
const pauseAfterRefusal = 250;
/** SQLSTATE too_many_connections. */
const tooMany = "53300";

/**
 * A pool with a deadline per request for all of its queries together. An overdue query is ended with its connection. If
 * no other connection was answered lately, all existing ones are dropped: after a server hung or was cut off silently,
 * no later request may wait for a dead connection. An ended query's connection counts until the server has ended it, too.
 */
export class DeadlinePool extends Pool {
  private readonly deadline = new AsyncLocalStorage<Deadline>();
  private readonly waits = new Waits();
  private sharedWaits = 0;
  private readonly connections = new Map<PoolClient, Connection>();
  private generation = 0;
  private inUse = 0;
  private readonly transactions: FairShare;
  private readonly turns = new Turns();
  private readonly isReserve = new AsyncLocalStorage<true>();
  private readonly reserveTurns = new Turns();
  private readonly abandoned: AbandonedConnections;
  private readonly patience: number;
  /** Places that are not of the reserve: all, and those in use. */
  private readonly places: number;
  private placesInUse = 0;
  private isRefused = false;
  private readonly isTraced: boolean;

  constructor({ reserved = 0, patience = minute, beginSpan, ...config }: DeadlinePoolConfig) {
    super({ ...config, Client: SessionClient });
    this.abandoned = new AbandonedConnections(config);
    this.patience = patience;
    this.isTraced = beginSpan !== undefined;
    this.places = Math.max(1, config.max - reserved);
    // Transactions may wait for locks, so they get three quarters at most. The rest is free for single statements.
    this.transactions = new FairShare(Math.max(1, Math.floor(this.places * 0.75)));
    // Without a handler the end of an idle connection would end the process.
    this.on("error", () => {});
    this.on("connect", (client) => {
      const now = performance.now();
      const connection: Connection = {
        generation: this.generation,
        madeAt: now,
        answeredAt: now,
        giveBack: undefined,
      };
      this.connections.set(client, connection);
      if (beginSpan) traceQueries(client, beginSpan);
      // Emitted after each answer, also within a transaction.
      client.on("drain", () => {
        connection.answeredAt = performance.now();
      });
      client.once("end", () => {
        this.connections.delete(client);
        // Drizzle never releases a connection on which `begin` failed.
        connection.giveBack?.();
      });
    });
    this.on("remove", () => this.serveWaiting());
    // One timer for all waits, since one timer per query would be expensive.
    setInterval(() => this.waits.giveUpOverdue(), sweepInterval).unref();
  }

  /** Runs the work with a deadline in milliseconds for all of its queries. Other work has a minute per query. */
  withDeadline<T>(milliseconds: number, work: () => T): T {
    return this.deadline.run(new Deadline(milliseconds, this.deadline.getStore()?.caller), work);
  }

  /** How many connections there are by state, and how many statements and transactions wait for one. */
  use(): { size: number; used: number; idle: number; abandoned: number; waiting: number } {
    const [used, idle, abandoned] = [this.inUse, this.idleCount, this.abandoned.count];
    return { size: this.options.max, used, idle, abandoned, waiting: this.waits.count - used - this.sharedWaits };
  }

  /** From now on, the current request's transactions count as this caller's. */
  shareAs(caller: string): void {
    const deadline = this.deadline.getStore();
    if (deadline) deadline.caller = caller;
  }

  /** Subtracts a wait for something else, in milliseconds, from the current deadline. */
  spendDeadline(milliseconds: number): void {
    const deadline = this.deadline.getStore();
    if (deadline) deadline.left -= milliseconds;
  }

  /**
   * Begins a wait for work of several requests, at most until the current request's deadline. Returns a function that
   * ends the wait: false if it was over, since the deadline called `giveUp` with the error. Call it once.
   */
  beginSharedWait(giveUp: (error: Error) => void): () => boolean {
    const deadline = this.deadline.getStore();
    if (!deadline) return () => true;
    this.sharedWaits++;
    const wait = this.waits.begin(deadline, () => {
      this.sharedWaits--;
      giveUp(new Error("timeout exceeded when trying to connect"));
    });
    return () => {
      if (!this.waits.finish(wait)) return false;
      this.sharedWaits--;
      return true;
    };
  }

  /** Runs background work that a request starts, outside of the request's deadline. */
  withoutDeadline<T>(work: () => T): T {
    return this.deadline.exit(work);
  }

  /**
   * Runs the work, whose single statements may take the reserve. For statements that wait for no lock and write nothing:
   * whatever writes do, the reserve stays free for them.
   */
  withReserve<T>(work: () => T): T {
    return this.isReserve.run(true, work);
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void) {
    this.abandoned.stop();
    return callback ? super.end(callback) : super.end();
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback) {
    // pg's own `query` passes a callback; a caller that wants a promise runs a transaction.
    // Another request's release may call it, in that request's context.
    if (callback) return this.checkOut(this.isTraced ? AsyncLocalStorage.bind(callback) : callback, false);
    return new Promise<PoolClient>((resolve, reject) => {
      this.checkOut((error, client) => (client ? resolve(client) : reject(error)), true);
    });
  }

  private checkOut(callback: Callback, isTransaction: boolean): void {
    const deadline = this.deadline.getStore() ?? new Deadline(this.patience, undefined);
    const isReserve = !isTransaction && this.isReserve.getStore() === true;
    const turns = isReserve ? this.reserveTurns : this.turns;
    let leaveLine: (() => void) | undefined;
    const wait = this.waits.begin(deadline, () => {
      leaveLine?.();
      if (claim) this.transactions.end(claim);
      callback(new Error("timeout exceeded when trying to connect"), undefined);
    });
    const { caller } = deadline;
    const waitInLine = (claim?: Claim) => {
      leaveLine = turns.wait(caller ?? "", () => connect(claim));
    };
    const connect = (claim?: Claim) => {
      const place = this.usePlace(isReserve, claim);
      super.connect((error, client, release) => {
        const isWaiting = this.waits.isOpen(wait);
        if (client && isWaiting && !this.isSuspect(client)) {
          this.waits.finish(wait);
          this.hold(client, deadline, place);
          return callback(undefined, client, client.release);
        }
        this.freePlace(place);
        if (client) release(this.isSuspect(client));
        if (isWaiting && client) return connect(claim);
        if (isWaiting && this.noteRefusal(error)) {
          waitInLine(claim);
        } else if (isWaiting) {
          this.waits.finish(wait);
          if (claim) this.transactions.end(claim);
          callback(error, undefined);
        }
        this.serveWaiting();
      });
    };
    const inTurn = (claim?: Claim) => {
      if (turns.isEmpty && this.hasConnection(isReserve)) return connect(claim);
      waitInLine(claim);
      this.serveWaiting();
    };
    const claim = isTransaction && caller !== undefined ? this.transactions.claim(caller, inTurn) : undefined;
    if (!claim) inTurn();
  }

  private usePlace(isReserve: boolean, claim: Claim | undefined): Place {
    if (!isReserve) this.placesInUse++;
    return { isInUse: true, isReserve, claim };
  }

  /** Its claim goes on. */
  private freePlace(place: Place): void {
    if (place.isInUse && !place.isReserve) this.placesInUse--;
    place.isInUse = false;
  }

  /**
   * True if the server refused a new connection because it has too many. For a moment no other is opened: those in use
   * are free sooner than the server has room.
   */
  private noteRefusal(error: Error | undefined): boolean {
    if (!error || !("code" in error) || error.code !== tooMany) return false;
    if (!this.isRefused) {
      this.isRefused = true;
      setTimeout(() => {
        this.isRefused = false;
        this.serveWaiting();
      }, pauseAfterRefusal);
    }
    return true;
  }

  /** The reserve last: it has connections that the others can't take. */
  private serveWaiting(): void {
    while (!this.turns.isEmpty && this.hasConnection(false)) this.turns.startNext();
    while (!this.reserveTurns.isEmpty && this.hasConnection(true)) this.reserveTurns.startNext();
  }

  /** True if a connection is idle or can be opened, not counting those promised within this turn of the event loop. */
  private hasConnection(isReserve: boolean): boolean {
    if (!isReserve && this.placesInUse >= this.places) return false;
    const room = this.isRefused ? 0 : this.options.max - this.totalCount - this.abandoned.count;
    return this.idleCount + room > this.waitingCount;
  }

  /** The deadline runs until the connection is released. The place is in use until the server has ended its work, too. */
  private hold(client: PoolClient, deadline: Deadline, place: Place): void {
    const release = client.release;
    let isGivenUp = false;
    const wait = this.waits.begin(deadline, () => {
      if (this.isSilentSince(wait.since)) this.generation++;
      isGivenUp = true;
      client.release(true);
    });
    const free = () => {
      this.freePlace(place);
      if (place.claim) this.transactions.end(place.claim);
      this.serveWaiting();
    };
    const connection = this.connections.get(client);
    this.inUse++;
    let isInUse = true;
    if (connection) connection.giveBack = () => client.release(true);
    // Releasing a connection again after it was taken away must not fail.
    client.release = (error) => {
      if (!isInUse) return;
      isInUse = false;
      this.inUse--;
      if (connection) connection.giveBack = undefined;
      this.waits.finish(wait);
      const backend = isGivenUp && client instanceof SessionClient ? client.backend : undefined;
      if (backend) this.abandoned.add(backend, free);
      release(error);
      if (!backend) free();
    };
  }

  /** True if, since the connection was made, a query hung while the server was silent on all connections. */
  private isSuspect(client: PoolClient): boolean {
    return this.connections.get(client)?.generation !== this.generation;
  }

  /** False if a connection made before `time` was answered lately: then the work was slow, not the server silent. */
  private isSilentSince(time: number): boolean {
    const lately = performance.now() - silence;
    return ![...this.connections.values()].some(({ madeAt, answeredAt }) => madeAt < time && answeredAt > lately);
  }
}
