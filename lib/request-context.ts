import { AsyncLocalStorage } from "node:async_hooks";
import type { AuditChannel } from "@/db/enums";

/** What is known of the request under way, for log lines and audit events. */
export type RequestContext = {
  requestId: string;
  channel: AuditChannel;
  address: string | null;
  /** As the client names itself, which may be anything. */
  userAgent?: string;
  /** Set where a page failed for want of the database. */
  databaseAway?: boolean;
};

declare global {
  var vehaasRequest: AsyncLocalStorage<RequestContext> | undefined;
}

globalThis.vehaasRequest ??= new AsyncLocalStorage<RequestContext>();
const storage = globalThis.vehaasRequest;

/** Runs the work, and all that it awaits, as part of this request. */
export function withRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export function requestContext(): RequestContext | undefined {
  return storage.getStore();
}
