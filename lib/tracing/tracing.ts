import type { IncomingMessage, ServerResponse } from "node:http";

/** Where the route becomes known while the request is worked on; gets the trace's id. */
type TracedRequest = { route?: string | undefined; traceId?: string | undefined };

/** Only what is listed here may be said of work: never a statement's values, a URL, a header or a name that people chose. */
export type SpanAttributes = Partial<{
  "db.operation.name": string;
  "db.collection.name": string;
  "http.request.method": string;
  "http.response.status_code": number;
  "server.address": string;
  "vehaas.queue": string;
}>;

type SpanKind = "client" | "consumer";

/** Says how the work ended, where it doesn't throw. */
export type Say = (attributes: SpanAttributes) => void;

/** Spans of this process, sent to the operator's collector. Exists only if one is set. */
export type Tracing = {
  /** Works on a request in its span, which ends with the answer. Continues the client's trace. */
  request: <T>(request: IncomingMessage, response: ServerResponse, context: TracedRequest, work: () => T) => T;
  /** Does work in a span, as a part of the current one, or as the first of a trace. */
  run: <T>(name: string, kind: SpanKind, attributes: SpanAttributes, work: (say: Say) => Promise<T>) => Promise<T>;
  /** Begins a span below the current one, and returns a function that ends it. Undefined without a current span. */
  begin: (name: string, attributes: SpanAttributes) => ((error?: unknown) => void) | undefined;
  traceId: () => string | undefined;
  /** Sends what has not been sent. */
  stop: () => Promise<void>;
};
