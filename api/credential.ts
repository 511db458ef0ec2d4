import type { HonoRequest } from "hono";
import { DomainError } from "@/lib/errors";

const bearer = /^bearer(?: +(.*))?$/i;
/** The Base64 of `{"`, with which the header of a JWT begins; no access token does. */
const jwtPrefix = "eyJ";

/** What a request brings: the secret of an access token, or a person's JWT, which only `Authorization` takes. */
export type Credential = { kind: "secret" | "jwt"; value: string };

/**
 * The credential that a request brings, unjudged; undefined where it brings none that this API knows.
 * RFC 6750, 2.1: the scheme in any case, then at least one space. Throws `two_credentials`.
 */
export function readCredential(request: HonoRequest): Credential | undefined {
  const privateToken = request.header("private-token");
  const authorization = request.header("authorization");
  if (privateToken === undefined) return authorization === undefined ? undefined : bearerCredential(authorization);
  if (authorization === undefined) return { kind: "secret", value: privateToken };
  throw new DomainError("two_credentials", "Send either private-token or Authorization, not both.");
}

function bearerCredential(authorization: string): Credential | undefined {
  const match = bearer.exec(authorization);
  if (!match) return undefined;
  const value = match[1] ?? "";
  return { kind: value.startsWith(jwtPrefix) ? "jwt" : "secret", value };
}
