import { LRUCache } from "lru-cache";
import { shownNetworkOf } from "@/lib/network/ip-address";
import type { RequestContext } from "@/lib/request-context";
import { clientName, mostNetworks } from "./networks";

/** Tokens with a tally at a time. With more of them, the uses that the least recently used has not written are lost. */
const mostTokens = 50_000;
/** Secrets of a token that are noted at a time; at most two of them are good. */
const mostSecrets = 3;
const restAfterWrite = 5 * 60_000;
const restAfterFailure = 30_000;

/** What was used: a pipeline secret, one of two secrets of the token's own by its written hash, or its only one. */
export type Used = "pipeline" | { secret: string } | undefined;
type From = Pick<RequestContext, "address" | "userAgent">;
/** Milliseconds of a clock that is never set. */
type Instant = number;
/** The last use from a network. */
type Seen = { client: string | null; usedAt: Instant };

/** One token's uses on this instance that the database does not have yet. */
class Tally {
  /** Uses that are not counted in the database. */
  uses = 0;
  usedAt: Instant = 0;
  /** The last uses by pipeline secrets and by secrets of its own. */
  pipelinesUsedAt: Instant | undefined;
  secretUsedAt: Instant | undefined;
  /** The last use that the database has. */
  writtenUse: Instant | undefined;
  /** The token is not written before. */
  restsUntil: Instant = 0;
  /** In the order of their last use. */
  networks = new Map<string, Seen>();
  /** The last use of each secret, by its written hash. */
  secrets = new Map<string, Instant>();
  private latest: (From & { seen: Seen | undefined }) | undefined;

  add(used: Used, { address, userAgent }: From, now: Instant): void {
    this.uses += 1;
    this.usedAt = now;
    if (used === "pipeline") this.pipelinesUsedAt = now;
    else this.secretUsedAt = now;
    if (typeof used === "object") noteLatest(this.secrets, used.secret, now, mostSecrets);
    // Most tokens are used from one place: the address and the user agent are parsed only when they change.
    if (this.latest?.address !== address || this.latest.userAgent !== userAgent) {
      this.latest = { address, userAgent, seen: this.see(address, clientName(userAgent), now) };
    }
    if (this.latest.seen) this.latest.seen.usedAt = now;
  }

  private see(address: string | null, client: string | null, usedAt: Instant): Seen | undefined {
    const network = address === null ? null : shownNetworkOf(address);
    if (network === null) return undefined;
    const seen = { client, usedAt };
    noteLatest(this.networks, network, seen, mostNetworks);
    return seen;
  }

  get isUnwritten(): boolean {
    return this.uses > 0 || this.usedAt !== this.writtenUse;
  }
}

/** Keeps the latest entries, in the order of their last use. */
function noteLatest<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value ?? "");
}

/** What to write of one token. Its instants are the tallies' clock's. */
export type Unwritten = {
  id: string;
  usedAt: Instant;
  /** False if the database has this last use, and only lacks its count. */
  isLater: boolean;
  /** Uses to add to the day's count. */
  uses: number;
  pipelinesUsedAt: Instant | undefined;
  secretUsedAt: Instant | undefined;
  networks: { network: string; client: string | null; usedAt: Instant }[];
  secrets: { hash: string; usedAt: Instant }[];
};

/** `gone` means that the token was deleted, `failed` that it was locked or that the database failed. */
export type Outcome = "written" | "gone" | "failed";

/** Counts uses of access tokens in memory. A token is due at its first use, then every five minutes if it was used. */
export function createTallies(clock: () => Instant) {
  const tallies = new LRUCache<string, Tally>({ max: mostTokens });

  function add(tokenId: string, used: Used, from: From): void {
    let tally = tallies.get(tokenId);
    if (!tally) {
      tally = new Tally();
      tallies.set(tokenId, tally);
    }
    tally.add(used, from, clock());
  }

  /** The due tokens or, if `all`, all that have something unwritten. */
  function unwritten(all: boolean): Unwritten[] {
    const now = clock();
    const found: Unwritten[] = [];
    for (const [id, tally] of tallies) {
      if (tally.isUnwritten && (all || tally.restsUntil <= now)) found.push(unwrittenOf(id, tally, all));
    }
    return found;
  }

  function settle({ id, usedAt, uses }: Unwritten, outcome: Outcome): void {
    const tally = tallies.peek(id);
    if (!tally) return;
    if (outcome === "gone") {
      tallies.delete(id);
    } else if (outcome === "failed") {
      tally.restsUntil = clock() + restAfterFailure;
    } else {
      tally.uses -= uses;
      tally.writtenUse = usedAt;
      tally.restsUntil = clock() + restAfterWrite;
    }
  }

  return { add, unwritten, settle };
}

function unwrittenOf(id: string, tally: Tally, all: boolean): Unwritten {
  const { uses, usedAt, pipelinesUsedAt, secretUsedAt, writtenUse, networks, secrets } = tally;
  // After a start each token is written within seconds of its first use. That write has only the last use.
  const counts = all || writtenUse !== undefined;
  return {
    id,
    usedAt,
    isLater: usedAt !== writtenUse,
    uses: counts ? uses : 0,
    pipelinesUsedAt,
    secretUsedAt,
    networks: [...networks].map(([network, seen]) => ({ network, ...seen })),
    secrets: [...secrets].map(([hash, at]) => ({ hash, usedAt: at })),
  };
}
