import { processWide, type RequestContext } from "./process/process-wide";

export type { RequestContext };

const { requests } = processWide;

/** Runs the work, with everything it awaits, in this request's context. */
export function withRequestContext<T>(context: RequestContext, work: () => T): T {
  return requests.run(context, work);
}

export function requestContext(): RequestContext | undefined {
  return requests.getStore();
}
