import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problem } from "./http/problem";

/** Refuses a larger body, counting the bytes as they arrive. */
export function sizeLimit(kibibytes: number): MiddlewareHandler {
  const onError = () => problem("too_large", `The body of a request may have ${kibibytes} KiB.`);
  return bodyLimit({ maxSize: kibibytes * 1024, onError });
}

/** The refusal of a body of another media type, if it is one. */
export function refuseType(c: Context, expected = "application/json"): Response | undefined {
  if (isEncoded(c)) {
    const headers = { "accept-encoding": "identity" };
    const detail = "The body must not be compressed: send it as it is, without Content-Encoding.";
    return problem("unsupported_media_type", detail, { headers });
  }
  const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";", 1);
  if (mediaType.trim().toLowerCase() === expected) return undefined;
  return problem("unsupported_media_type", `Send the body as ${expected}.`);
}

/**
 * The refusal of the body, if there is one. A client that hangs up halfway gets one too, so that this isn't logged as our
 * failure.
 */
export async function readJson(c: Context, limit: MiddlewareHandler): Promise<Response | "empty" | undefined> {
  let isEmpty = false;
  try {
    const refusal = await limit(c, async () => {
      const bytes = await c.req.arrayBuffer();
      isEmpty = bytes.byteLength === 0;
      if (!isEmpty) JSON.parse(decode(bytes));
    });
    if (refusal) return refusal;
  } catch {
    return problem("malformed", "The body of this request is not JSON in UTF-8.");
  }
  return isEmpty ? "empty" : undefined;
}

/** zod-openapi checks the type again, and doesn't accept a space before its parameters. */
export function passAsJson(c: Context): void {
  c.req.raw.headers.set("content-type", "application/json");
}

/** Compressed as content or in transfer; the latter is rare. */
function isEncoded(c: Context): boolean {
  const codings = (c.req.header("content-encoding") ?? "").split(",").map((coding) => coding.trim().toLowerCase());
  const transfer = c.req.header("transfer-encoding") ?? "chunked";
  return codings.some((coding) => coding !== "" && coding !== "identity") || transfer.toLowerCase() !== "chunked";
}

// Fatal: invalid UTF-8 would otherwise be stored as something else than was sent.
function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
