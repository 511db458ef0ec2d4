import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { createAccessToken, createAccessTokenInput } from "@/lib/access-tokens/create";
import {
  accessTokenAnswer,
  accessTokenExample,
  accessTokenResource,
  accessTokenResponse,
  exampleSecret,
  withSecretSchema,
} from "./access-token-resource";
import { errors, ofBody } from "./description/error-responses";
import { asJson, exampleId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { created } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, bodyOf, jsonBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv } from "./http/env";
import { etagOf, noVersionIfMatch, tokenEtag } from "./http/etag";
import { peopleOnly } from "./http/guards";
import { isOneScope, noQuery, oneScope, scopeOf } from "./http/query";
import { idempotencyKey } from "./idempotency-key";

const ownerId = z.string("Give an id.").optional();

const body = bodyOf("NewAccessToken", createAccessTokenInput.extend({ groupId: ownerId, organizationId: ownerId }), {
  name: "Unique among the group's (or organization's) tokens, 1 to 255 characters",
  description: "What the token is for, in one line of 0 to 500 characters; empty if left out",
  expiresAt:
    "When the token expires: an RFC 3339 instant with an offset, or a date, which means the following midnight UTC",
  admin: "Whether its role is the admin's of the group (or organization), else the user's",
  groupId: "The group that owns the token; this or `organization_id` is needed",
  organizationId: "The organization that owns the token",
})
  .transform(({ groupId, organizationId, ...input }) => ({
    owner: { group_id: groupId, organization_id: organizationId },
    input,
  }))
  .refine(({ owner }) => isOneScope(owner), { path: ["group_id"], error: `This field ${oneScope}.` });

const createdHeaders = {
  ...tokenEtag,
  Location: {
    description: "The token's path",
    required: true,
    schema: { type: "string" },
    example: `/api/v2.0/access-tokens/${exampleId.token}`,
  },
} as const;

const create = createRoute({
  method: "post",
  path: "/access-tokens",
  operationId: "createAccessToken",
  tags: ["Access tokens"],
  security: askedBy.person,
  summary: "Create an access token",
  description: "With its technical user, which gets the chosen role. Only people create tokens: a token is refused.",
  middleware: [authenticated, checked(acceptsJson, noQuery, peopleOnly), jsonBody],
  request: {
    headers: idempotencyKey(
      "A repeated request with the same key creates nothing, and returns the first one's token. Valid for a day",
    ).extend(noVersionIfMatch.shape),
    body: asBody(body, {
      name: "nightly",
      description: "Nightly HIL regression on bench 07",
      expires_at: "2027-06-01",
      admin: true,
      group_id: exampleId.group,
    }),
  },
  responses: {
    201: {
      description: "The token, with its secret",
      headers: createdHeaders,
      content: asJson(withSecretSchema, { ...accessTokenExample, last_used_at: null, token: exampleSecret }),
    },
    200: accessTokenResponse("The token that this Idempotency-Key has made before, without its secret"),
    ...errors(
      "forbidden",
      "people_only",
      "not_found",
      "conflict",
      "name_taken",
      "precondition_failed",
      "policy",
      ...ofBody,
    ),
  },
});

export const accessTokenCreation = new OpenAPIHono<ApiEnv>().openapi(create, async (c) => {
  const { owner, input } = c.req.valid("json");
  const key = c.req.valid("header")["idempotency-key"];
  const { token, secret } = await createAccessToken(c.get("caller").actor, scopeOf(owner), input, key);
  if (secret === null) return accessTokenAnswer(token);
  const headers = { location: `${new URL(c.req.url).pathname}/${token.id}`, etag: etagOf(token) };
  return created({ ...accessTokenResource(token), token: secret }, headers);
});
