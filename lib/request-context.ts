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

/** Nothing is read beyond, and the counts of uses keep it for each access token. A header may have 16 KiB. */
const longestUserAgent = 500;

/** The part of a user agent that is kept: a copy, since a part of a text keeps the whole text in memory. */
export function keptUserAgent(userAgent: string | undefined): string | undefined {
  if (!userAgent || userAgent.length <= longestUserAgent) return userAgent;
  return Buffer.from(userAgent.slice(0, longestUserAgent)).toString();
}
