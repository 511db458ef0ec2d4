import { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "pino";
import type { AuditChannel } from "@/db/enums";
import type { DeadlinePool } from "@/db/pool/deadline-pool";
import type { Metrics } from "@/lib/metrics/instruments";
import type { Tracing } from "@/lib/tracing/tracing";

/** Data about the current request, for log lines and audit events. */
export type RequestContext = {
  requestId: string;
  channel: AuditChannel;
  address: string | null;
  /** Sent by the client; may be any text. */
  userAgent?: string;
  /** The pattern of its path, such as "/groups/{groupId}": one of few. Undefined if nothing is at this path. */
  route?: string | undefined;
  /** The theme that was chosen in the browser, for a page. */
  theme?: "light" | "dark" | undefined;
  /** Set while traces are sent. */
  traceId?: string | undefined;
  /** Set if a page failed because the database was unavailable. */
  databaseAway?: boolean;
  /** Set if a page shows that the person may not see what was asked for. */
  isForbidden?: boolean;
};

/** `atStop` is run at the stop in place of `run`. */
export type BackgroundWork = { name: string; run: () => Promise<unknown>; atStop?: () => Promise<unknown> };

type ProcessWide = {
  pool?: DeadlinePool | undefined;
  log?: Logger;
  /** Set while metrics are served. */
  metrics?: Metrics | undefined;
  /** Set while traces are sent. */
  tracing?: Tracing | undefined;
  requests: AsyncLocalStorage<RequestContext>;
  /** What the server runs every second. */
  everySecond: Set<BackgroundWork>;
  /** Set after a commit that made a runner due. The background resets it within a second. */
  hasDueRunners: boolean;
  /** Set once the process was asked to end. */
  isStopping: boolean;
  /** The address that the server listens at, once it does. */
  address?: string;
};

const holder = globalThis as { vehaas?: ProcessWide };
holder.vehaas ??= {
  requests: new AsyncLocalStorage(),
  everySecond: new Set(),
  hasDueRunners: false,
  isStopping: false,
};

/** What exists once in the process, although the server and Next's bundle each have a copy of every module. */
export const processWide: ProcessWide = holder.vehaas;
