import { DomainError } from "@/lib/errors";
import type { Peer } from "@/lib/metrics/instruments";
import { processWide } from "@/lib/process/process-wide";
import type { Say, SpanAttributes } from "@/lib/tracing/tracing";

type Send = (request: Request) => Promise<Response>;

/** Counts each answer for the metrics, and sends in a span if traces are sent. Neither gets a path or a header. */
export function observed(peer: Peer, send: Send): Send {
  return (request) => {
    const { tracing } = processWide;
    if (!tracing) return counted(peer, send, request);
    const method = request.method;
    const attributes: SpanAttributes = {
      "http.request.method": method,
      "server.address": new URL(request.url).hostname,
    };
    return tracing.run(`${method} ${peer}`, "client", attributes, (say) => counted(peer, send, request, say));
  };
}

async function counted(peer: Peer, send: Send, request: Request, say?: Say): Promise<Response> {
  const begun = performance.now();
  let outcome = "unreachable";
  try {
    const response = await send(request);
    outcome = outcomeOf(response.status);
    say?.({ "http.response.status_code": response.status });
    return response;
  } catch (error) {
    outcome = failures.get(error instanceof DomainError ? error.code : "") ?? "failed";
    throw error;
  } finally {
    processWide.metrics?.countPeerAnswer(peer, outcome, (performance.now() - begun) / 1000);
  }
}

const failures = new Map<string, string>([
  ["provider_unreachable", "unreachable"],
  ["provider_certificate_untrusted", "untrusted"],
  ["provider_url_not_allowed", "not_allowed"],
  ["provider_not_recognized", "not_recognized"],
]);

function outcomeOf(status: number): string {
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server_error";
  return status >= 400 ? "refused" : "ok";
}
