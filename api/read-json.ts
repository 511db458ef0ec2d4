import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problem } from "./http/problem";

const maxDepth = 8;

/** Lets pass no more than this, counted while it arrives. */
export function sizeLimit(kibibytes: number): MiddlewareHandler {
  const onError = () => problem("too_large", `The body of a request may have ${kibibytes} KiB.`);
  return bodyLimit({ maxSize: kibibytes * 1024, onError });
}

/** Answers a body that is not sent as JSON. */
export function refuseType(c: Context): Response | undefined {
  if (isEncoded(c)) {
    const headers = { "accept-encoding": "identity" };
    const detail = "The body must not be compressed: send it as it is, without Content-Encoding.";
    return problem("unsupported_media_type", detail, { headers });
  }
  const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";", 1);
  if (mediaType.trim().toLowerCase() === "application/json") return undefined;
  return problem("unsupported_media_type", "Send the body as application/json.");
}

/**
 * Why the body is refused, if it is. Also answers who hangs up halfway, though nobody listens any more: it is no failure
 * of ours.
 */
export async function readJson(c: Context, limit: MiddlewareHandler): Promise<Response | "empty" | undefined> {
  let isDeep = false;
  let isEmpty = false;
  try {
    const refusal = await limit(c, async () => {
      const bytes = await c.req.arrayBuffer();
      isEmpty = bytes.byteLength === 0;
      isDeep = !isEmpty && isDeeper(JSON.parse(decode(bytes)), maxDepth);
    });
    if (refusal) return refusal;
  } catch {
    return problem("malformed", "The body of this request is not JSON in UTF-8.");
  }
  if (isEmpty) return "empty";
  if (!isDeep) return undefined;
  const message = "The body of this request is nested too deeply.";
  return problem("invalid", message, { errors: [{ field: "body", message }] });
}

/** zod-openapi looks at the type again, and takes a space before its parameters for another one. */
export function passAsJson(c: Context): void {
  c.req.raw.headers.set("content-type", "application/json");
}

/** Also where only its transfer is compressed, which hardly any client does. */
function isEncoded(c: Context): boolean {
  const codings = (c.req.header("content-encoding") ?? "").split(",").map((coding) => coding.trim().toLowerCase());
  const transfer = c.req.header("transfer-encoding") ?? "chunked";
  return codings.some((coding) => coding !== "" && coding !== "identity") || transfer.toLowerCase() !== "chunked";
}

// Fatal: what isn't UTF-8 would be stored otherwise than it was sent.
function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** Level by level: a recursion could be led to the end of the stack. */
function isDeeper(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= most; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}
