import { STATUS_CODES } from "node:http";
import { z } from "@hono/zod-openapi";
import { type ProblemCode, problemCodes } from "@/api/http/problem-codes";

const fieldError = z.object({
  field: z.string().meta({ description: "The field, as the body spells it; `body` for all of it" }),
  message: z.string().meta({ description: "What is wrong with it, in a sentence for a person" }),
});

/** The RFC 9457 problem of every error response. */
export const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string().meta({ description: "The status in words" }),
    status: z.int().meta({ description: "The status of the answer" }),
    code: z.enum(codesOf(problemCodes)).meta({ description: "The stable code for programs" }),
    detail: z.string().meta({ description: "A sentence for a person; it may change" }),
    errors: z.array(fieldError).optional().meta({ description: "What is wrong with the body, if it was refused" }),
  })
  .openapi("Problem", { description: "An RFC 9457 problem" });

export type Problem = z.output<typeof problemSchema>;

/** The errors of every route behind `authenticated`. */
const common = [
  "malformed",
  "two_credentials",
  "unauthenticated",
  "not_acceptable",
  "rate_limited",
  "internal",
  "unavailable",
] as const;

/** The additional errors of a route with a body. */
export const ofBody = ["too_large", "unsupported_media_type", "invalid"] as const;

/** The additional errors of a route that calls a provider. */
export const ofProvider = [
  "provider_url_not_allowed",
  "provider_unreachable",
  "provider_certificate_untrusted",
  "provider_not_recognized",
  "credential_rejected",
  "credential_is_personal",
  "missing_scope",
  "missing_role",
  "target_not_found",
  "registration_disabled",
] as const;

/** For the descriptions of routes that call a provider: when they answer 429 without calling it. */
export const providerLimits =
  "Such requests are limited to 30 a minute for a token or person, and to two at a time for an organization. More requests at a time wait up to five seconds, then get 429 before the provider is asked.";

/**
 * The error responses of a route behind `authenticated`: the common ones and these codes.
 * The return type has no keys: handlers throw their errors and don't return them.
 */
export function errors(...codes: ProblemCode[]): object {
  return publicErrors(...common, ...codes);
}

/** The error responses of a public route: only these codes. */
export function publicErrors(...codes: ProblemCode[]): object {
  const known = codesOf(problemCodes).filter((code) => codes.includes(code));
  return Object.fromEntries([...Map.groupBy(known, (code) => problemCodes[code].status)].map(answerOf));
}

function answerOf([status, codes]: [number, ProblemCode[]]) {
  const narrowed = { type: "object", properties: { status: { const: status }, code: { enum: codes } } } as const;
  const content = {
    "application/problem+json": {
      schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, narrowed] },
      example: codes.map(exampleOf)[0],
    },
  };
  const description = codes.map((code) => `\`${code}\`: ${problemCodes[code].meaning}`).join("\n\n");
  const headers = headersOf[status];
  return [status, { description, content, ...(headers ? { headers } : {}) }] as const;
}

const retryAfter = {
  "Retry-After": {
    description: "Seconds to wait",
    required: true,
    schema: { type: "string", pattern: "^[0-9]+$" },
    example: "5",
  },
} as const;

const headersOf: Record<number, object> = {
  401: {
    "WWW-Authenticate": {
      description: "How to authenticate (RFC 6750)",
      required: true,
      schema: { type: "string", pattern: "^Bearer " },
      example: 'Bearer realm="veHaaS", error="invalid_token"',
    },
  },
  429: retryAfter,
  503: retryAfter,
};

function exampleOf(code: ProblemCode): Problem {
  const { status, meaning } = problemCodes[code];
  const problem = { type: "about:blank", title: STATUS_CODES[status] ?? "", status, code, detail: meaning } as const;
  return code === "invalid" ? { ...problem, errors: [{ field: "name", message: "Enter a name." }] } : problem;
}

function codesOf<T extends string>(codes: Record<T, unknown>): [T, ...T[]];
function codesOf(codes: Record<string, unknown>): string[] {
  return Object.keys(codes);
}
