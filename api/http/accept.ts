import type { HonoRequest } from "hono";
import { type Accept, parseAccept } from "hono/utils/accept";
import { problem } from "./problem";

/** The offered media type that the client prefers (RFC 9110, 12.5.1); the first of equals, undefined if none fits. */
export function negotiate(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (!accept) return offered[0];
  const ranges = parseAccept(accept);
  let best: { type: string; quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

const jsonOnly = ["application/json"];
const jsonOrProblem = [...jsonOnly, "application/problem+json"];

/** Refuses a client that can't read JSON. For DELETE, problem+json is enough: generated clients ask only for that. */
export function acceptsJson({ req }: { req: HonoRequest }): Response | undefined {
  if (negotiate(req.header("accept"), req.method === "DELETE" ? jsonOrProblem : jsonOnly)) return undefined;
  return problem("not_acceptable", "This answer is available as application/json only.");
}

/** Whether the client accepts gzip (RFC 9110, 12.5.3), by name or by "*"; the name takes precedence. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const codings = parseAccept(acceptEncoding ?? "");
  const quality = (name: string) => codings.find(({ type }) => type.toLowerCase() === name)?.q;
  return (quality("gzip") ?? quality("*") ?? 0) > 0;
}

/** The most specific range that matches the type decides, even with a quality of 0. */
function qualityOf(type: string, ranges: Accept[]): number {
  const covering = [type, `${type.split("/", 1)[0]}/*`, "*/*"];
  for (const name of covering) {
    const range = ranges.find((one) => one.type.toLowerCase() === name);
    if (range) return range.q;
  }
  return 0;
}
