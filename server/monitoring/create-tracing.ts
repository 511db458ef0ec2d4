import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { Context, Span } from "@opentelemetry/api";
import { log } from "@/lib/log";
import type { Tracing } from "@/lib/tracing/tracing";

type Options = { endpoint: string; ratio: number; version: string };

/** Milliseconds for one attempt to send spans, so also for the last at the stop. */
const exportTimeout = 3000;
const pauseBetweenLogs = 60_000;

/**
 * Sends spans to the collector. Nothing is registered globally: the contexts are ours, so that no library's spans come
 * in, whose attributes nobody has checked for secrets. The libraries are loaded only now: static imports would stand at
 * the top of the bundle.
 */
export async function createTracing({ endpoint, ratio, version }: Options): Promise<Tracing> {
  const { defaultTextMapGetter, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import("@opentelemetry/api");
  const { setGlobalErrorHandler, W3CTraceContextPropagator } = await import("@opentelemetry/core");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } = await import(
    "@opentelemetry/sdk-trace"
  );
  setGlobalErrorHandler(logAtTimes());
  const kinds = { client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };
  const fail = (span: Span, error: unknown) => {
    span.setAttribute("error.type", typeOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
  };
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: exportTimeout,
  });
  const provider = new TracerProvider({
    resource: await resourceOf(version),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: exportTimeout })],
  });
  const tracer = provider.getTracer("vehaas-access-tokens", version);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();

  return {
    request: (request, response, context, work) => {
      const { method = "", headers } = request;
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const attributes = { "http.request.method": method };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
      context.traceId = span.spanContext().traceId;
      response.once("close", () => {
        const { statusCode } = response;
        span.setAttribute("http.response.status_code", statusCode);
        if (context.route) span.setAttribute("http.route", context.route).updateName(`${method} ${context.route}`);
        if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      return current.run(trace.setSpan(parent, span), work);
    },
    run: async (name, kind, attributes, work) => {
      const parent = current.getStore() ?? ROOT_CONTEXT;
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, parent);
      try {
        return await current.run(trace.setSpan(parent, span), work, (more) => span.setAttributes(more));
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    begin: (name, attributes) => {
      const parent = current.getStore();
      if (!parent) return undefined;
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
      return (error) => {
        if (error !== undefined) fail(span, error);
        span.end();
      };
    },
    traceId: () => {
      const context = current.getStore();
      return context && trace.getSpanContext(context)?.traceId;
    },
    stop: () => provider.shutdown().catch((error) => log.warn({ err: error }, "the last traces could not be sent")),
  };
}

/** Only the code or the kind of the error: its message may contain what was sent. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so that an operator can name instances. */
async function resourceOf(version: string) {
  const { detectResources, envDetector, resourceFromAttributes } = await import("@opentelemetry/resources");
  const own = resourceFromAttributes({
    "service.name": "vehaas-access-tokens",
    "service.version": version,
    "service.instance.id": randomUUID(),
  });
  return own.merge(detectResources({ detectors: [envDetector] }));
}

function logAtTimes(): (error: unknown) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - loggedAt < pauseBetweenLogs) return;
    loggedAt = performance.now();
    log.warn({ err: error }, "traces could not be sent");
  };
}
