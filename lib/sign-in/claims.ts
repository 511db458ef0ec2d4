import { z } from "zod";

type Claims = { subject: string; email: string | undefined; emailVerified: boolean | undefined };

const shape = z.object({ sub: z.string(), email: z.string().optional().catch(undefined) });

/**
 * What an identity provider says of an account, in its ID token and at its userinfo endpoint, where the latter wins.
 * `emailVerified` is undefined only where neither has the claim. Whatever is not `true`, or `"true"` as some write it,
 * is not verified; where both have it, both have to say so.
 */
export function readClaims(idToken: object, userinfo: object): Claims {
  const { sub, email } = shape.parse({ ...idToken, ...userinfo });
  const said = [idToken, userinfo].flatMap((claims) => ("email_verified" in claims ? [claims.email_verified] : []));
  const emailVerified = said.length === 0 ? undefined : said.every((value) => value === true || value === "true");
  return { subject: sub, email, emailVerified };
}
