import { z } from "zod";

type Claims = { subject: string; email: string | undefined; emailVerified: boolean | undefined };

const shape = z.object({ sub: z.string(), email: z.string().optional().catch(undefined) });

/**
 * Merges the claims of the ID token and the userinfo endpoint; userinfo wins. `emailVerified` is undefined only if both
 * lack the claim. Only `true`, or `"true"` as some providers write it, counts as verified; if both have it, both must
 * say so.
 */
export function readClaims(idToken: object, userinfo: object): Claims {
  const { sub, email } = shape.parse({ ...idToken, ...userinfo });
  const said = [idToken, userinfo].flatMap((claims) => ("email_verified" in claims ? [claims.email_verified] : []));
  const emailVerified = said.length === 0 ? undefined : said.every((value) => value === true || value === "true");
  return { subject: sub, email, emailVerified };
}
