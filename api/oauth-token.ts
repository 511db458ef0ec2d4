import { setTimeout } from "node:timers/promises";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { TypedResponse } from "hono";
import { createMiddleware } from "hono/factory";
import { callerAt, enterAs, requests } from "@/lib/limits/callers";
import { requestContext } from "@/lib/request-context";
import { exchangeIdToken } from "@/lib/trusted-pipelines/exchange/exchange";
import { publicErrors } from "./description/error-responses";
import { asJson, exampleId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { answerHeaders, json } from "./http/answer";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { tooManyAtOnce } from "./http/rate-limit";
import { refuseType, sizeLimit } from "./read-json";

const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";
const subjectTokenTypes = [
  "urn:ietf:params:oauth:token-type:id_token",
  "urn:ietf:params:oauth:token-type:jwt",
] as const;

/** Milliseconds after which every refusal is answered at the earliest, so that its time does not tell its reason. */
const refusalsTake = 200;

// Parameters that are not named here are ignored, and so are empty ones (RFC 6749, 3.2), but for those that would change
// what is asked for.
const body = z
  .looseObject({
    grant_type: z.literal(grantType).meta({ description: "The exchange of RFC 8693" }),
    client_id: z.string().min(1).meta({ description: "The id of the access token" }),
    subject_token: z.string().min(1).meta({ description: "The job's ID token, whose audience is this site's address" }),
    subject_token_type: z.enum(subjectTokenTypes).meta({ description: "What `subject_token` is" }),
    requested_token_type: z
      .enum([accessTokenType, ""])
      .optional()
      .meta({ description: "May be left out: an access token is all that is answered" }),
  })
  .refine((given) => !given.actor_token)
  .openapi("TokenExchange");

const answer = z
  .object({
    access_token: z.string().meta({ description: "The pipeline secret, which is only returned this once" }),
    issued_token_type: z.literal(accessTokenType),
    token_type: z.literal("Bearer"),
    expires_in: z.int().meta({ description: "Seconds until it ends, at the latest with its access token" }),
  })
  .openapi("ExchangedToken", { description: "RFC 6749, section 5.1" });

const refusal = z
  .object({
    error: z.enum(["invalid_request", "unsupported_grant_type"]),
    error_description: z.string().meta({ description: "A sentence for a person; it may change" }),
  })
  .openapi("ExchangeRefusal", { description: "RFC 6749, section 5.2" });

type Refusal = z.output<typeof refusal>;

const descriptions: Record<Refusal["error"], string> = {
  invalid_request:
    "The exchange was refused. The page of the access token shows its admins the reason, under Trusted Pipelines.",
  unsupported_grant_type: `The only grant type here is ${grantType}.`,
};

/** Required beside Cache-Control (RFC 6749, 5.1). */
const pragma = { pragma: "no-cache" };

/** The same answer whatever did not fit. */
function refused(error: Refusal["error"]): Response & TypedResponse<Refusal, 400, "json">;
function refused(error: Refusal["error"]): Response {
  const content = { error, error_description: descriptions[error] };
  return new Response(JSON.stringify(content), {
    status: 400,
    headers: { ...answerHeaders("application/json"), ...pragma },
  });
}

/** Limits how many exchanges of an address are worked on at once: there is no other caller. */
const limitedAtOnce = createMiddleware<ApiEnv>(async (c, next) => {
  const place = requests.place(c.env.outgoing);
  try {
    return (await enterAs(callerAt(requestContext()?.address), place)) ? await next() : tooManyAtOnce();
  } finally {
    place.leave();
  }
});

const form = "application/x-www-form-urlencoded";
const most = sizeLimit(64);

/** Parameters in the address are refused: an ID token there would be in the logs of proxies. */
const formBody = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.req.url.includes("?")) return refused("invalid_request");
  const wrongType = refuseType(c, form);
  if (wrongType) return wrongType;
  try {
    const tooLarge = await most(c, async () => void (await c.req.arrayBuffer()));
    if (tooLarge) return tooLarge;
  } catch {
    return refused("invalid_request");
  }
  const [grant, ...more] = new URLSearchParams(await c.req.text()).getAll("grant_type");
  if (grant && grant !== grantType && more.length === 0) return refused("unsupported_grant_type");
  // zod-openapi checks the type again, and doesn't accept a space before its parameters.
  c.req.raw.headers.set("content-type", form);
  return next();
});

const exchange = createRoute({
  method: "post",
  path: "/oauth/token",
  operationId: "exchangeToken",
  tags: ["Trusted pipelines"],
  summary: "Exchange a job's ID token for a short-lived secret",
  description:
    "The token exchange of RFC 8693, for jobs of an access token's trusted pipelines. A credential is not looked at. Whatever does not fit, the answer is the same `invalid_request`; the access token's admins see the reason on its page. 30 refused exchanges a minute for one access token and network are answered so, and 600 a minute and access token succeed; an access token has at most 1,000 pipeline secrets.",
  security: askedBy.anyone,
  middleware: [limitedAtOnce, checked(acceptsJson), formBody],
  request: {
    body: {
      required: true,
      content: {
        [form]: {
          schema: body,
          example: {
            grant_type: grantType,
            client_id: exampleId.token,
            subject_token: "eyJhbGciOiJSUzI1NiIs…",
            subject_token_type: subjectTokenTypes[0],
          },
        },
      },
    },
  },
  responses: {
    200: {
      description: "The pipeline secret",
      content: asJson(answer, {
        access_token: "vhj_…",
        issued_token_type: accessTokenType,
        token_type: "Bearer",
        expires_in: 900,
      }),
    },
    ...publicErrors("not_acceptable", "too_large", "unsupported_media_type", "rate_limited", "internal", "unavailable"),
    400: {
      description: "The exchange was refused, or another grant is asked for",
      content: asJson(refusal, { error: "invalid_request", error_description: descriptions.invalid_request }),
    },
  },
});

export const oauthToken = new OpenAPIHono<ApiEnv>().openapi(
  exchange,
  async (c) => {
    const asked = performance.now();
    const { client_id: clientId, subject_token: subjectToken } = c.req.valid("form");
    const issued = await exchangeIdToken({ clientId, subjectToken });
    if (!issued) {
      await setTimeout(Math.max(0, refusalsTake - (performance.now() - asked)));
      return refused("invalid_request");
    }
    const content = {
      access_token: issued.secret,
      issued_token_type: accessTokenType,
      token_type: "Bearer" as const,
      expires_in: issued.expiresIn,
    } as const;
    return json(content, pragma);
  },
  ({ success }) => (success ? undefined : refused("invalid_request")),
);
