import type { HonoRequest } from "hono";
import { DomainError } from "@/lib/errors";

const bearer = /^bearer(?: +(.*))?$/i;

/**
 * The credential that a request brings, unjudged; undefined where it brings none that this API knows.
 * RFC 6750, 2.1: the scheme in any case, then at least one space. Throws `two_credentials`.
 */
export function readCredential(request: HonoRequest): string | undefined {
  const privateToken = request.header("private-token");
  const authorization = request.header("authorization");
  if (privateToken === undefined) return authorization === undefined ? undefined : bearerCredential(authorization);
  if (authorization === undefined) return privateToken;
  throw new DomainError("two_credentials", "Send either private-token or Authorization, not both.");
}

function bearerCredential(authorization: string): string | undefined {
  const match = bearer.exec(authorization);
  return match ? (match[1] ?? "") : undefined;
}
