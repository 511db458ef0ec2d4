import { createMiddleware } from "hono/factory";
import { type Accept, parseAccept } from "hono/utils/accept";
import { problem } from "./problem";

/** The offered media type that the client likes best (RFC 9110, 12.5.1), the first of equals; undefined for none. */
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

/** Refuses a client that can't read JSON. DELETE answers errors at most, which are what generated clients ask for. */
export const acceptsJson = createMiddleware(async (c, next) => {
  const offered = ["application/json", ...(c.req.method === "DELETE" ? ["application/problem+json"] : [])];
  if (negotiate(c.req.header("accept"), offered)) return next();
  return problem("not_acceptable", "This answer is available as application/json only.");
});

/** Whether the client takes gzip (RFC 9110, 12.5.3): by its name or by "*", the name deciding. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const codings = parseAccept(acceptEncoding ?? "");
  const quality = (name: string) => codings.find(({ type }) => type.toLowerCase() === name)?.q;
  return (quality("gzip") ?? quality("*") ?? 0) > 0;
}

/** The most specific range that covers the type decides, even where it says no. */
function qualityOf(type: string, ranges: Accept[]): number {
  const covering = [type, `${type.split("/", 1)[0]}/*`, "*/*"];
  for (const name of covering) {
    const range = ranges.find((one) => one.type.toLowerCase() === name);
    if (range) return range.q;
  }
  return 0;
}
