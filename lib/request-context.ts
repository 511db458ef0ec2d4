import { AsyncLocalStorage } from "node:async_hooks";
import type { AuditChannel } from "@/db/enums";

/** Data about the current request, for log lines and audit events. */
export type RequestContext = {
  requestId: string;
  channel: AuditChannel;
  address: string | null;
  /** Sent by the client; may be any text. */
  userAgent?: string;
  /** Set if a page failed because the database was unavailable. */
  databaseAway?: boolean;
  /** Set if a page shows that the person may not see what was asked for. */
  isForbidden?: boolean;
};

declare global {
  var vehaasRequest: AsyncLocalStorage<RequestContext> | undefined;
}

globalThis.vehaasRequest ??= new AsyncLocalStorage<RequestContext>();
const storage = globalThis.vehaasRequest;

/** Runs the work, with everything it awaits, in this request's context. */
export function withRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export function requestContext(): RequestContext | undefined {
  return storage.getStore();
}
