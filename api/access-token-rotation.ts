import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { cancelRotation, completeRotation } from "@/lib/access-tokens/rotation/end";
import { type RotateAccessTokenInput, rotateAccessTokenInput } from "@/lib/access-tokens/rotation/input";
import { type RotatedAccessToken, rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import {
  accessTokenAnswer,
  accessTokenExample,
  accessTokenResource,
  accessTokenResponse,
  exampleSecret,
  withSecretSchema,
} from "./access-token-resource";
import { errors, ofBody } from "./description/error-responses";
import { asJson, exampleInstant, tokenId } from "./description/schemas";
import { askedBy } from "./description/security";
import { acceptsJson } from "./http/accept";
import { json } from "./http/answer";
import { authenticated } from "./http/authenticated";
import { asBody, bodyOf, emptyBody, optionalBody } from "./http/body";
import { checked } from "./http/checked";
import type { ApiEnv, TokenEnv } from "./http/env";
import { etagOf, tokenEtag, tokenIfMatch } from "./http/etag";
import { mayRotate, notSelf, ownSecretOnly, tokenOnly } from "./http/guards";
import { noQuery } from "./http/query";
import { idempotencyKey } from "./idempotency-key";

const body = bodyOf("AccessTokenRotation", rotateAccessTokenInput, {
  oldSecret:
    "When the old secret ends: `on_first_use`, which is meant without this field, is an hour after the new one is first used, at the latest after 30 days; `now`, for people only; or an RFC 3339 instant or a date, which means the following midnight UTC, at most 30 days ahead and not after the token's expiration",
  expiresAt:
    "A new expiration of the token, for people only: an RFC 3339 instant with an offset, or a date, which means the following midnight UTC",
});

const ofSelf = { tags: ["Access tokens"], security: askedBy.token };
const ofId = { tags: ["Access tokens"], security: askedBy.tokenOrPerson };
const self = [authenticated, checked(tokenOnly, ownSecretOnly, acceptsJson, noQuery)];
const one = [notSelf, authenticated, checked(acceptsJson, noQuery), mayRotate];
const params = z.object({ id: tokenId });

const rotation = {
  method: "post",
  description:
    "The old secret goes on working until its end, and everything else about the token stays as it is. A token that was revoked as leaked is active again, and its old secrets end at once. Of the tokens, each rotates itself only, whatever its role. With an `Idempotency-Key` a lost answer is no loss: the same request again replaces the new secret, if it was not used, by another new one.",
  responses: {
    200: {
      description: "The token, with its new secret",
      headers: tokenEtag,
      content: asJson(withSecretSchema, {
        ...accessTokenExample,
        retiring_secret: { token_suffix: "k2Lm", ends_at: exampleInstant.expires, last_used_at: exampleInstant.used },
        token: exampleSecret,
      }),
    },
    ...errors("forbidden", "not_found", "conflict", "rotation_pending", "precondition_failed", "policy", ...ofBody),
  },
} as const;
const rotationRequest = {
  headers: idempotencyKey(
    "The same request with the same key, before the new secret is used, replaces that one. Valid for a day",
  ).extend(tokenIfMatch.shape),
  body: { ...asBody(body, { old_secret: "on_first_use" }), required: false },
};

const completion = {
  method: "post",
  description: "Ends the old secret now. Only while a rotation is pending.",
  responses: {
    200: accessTokenResponse("The token, which has only its new secret"),
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody),
  },
} as const;
const cancellation = {
  method: "post",
  description: "Discards the new secret, so that the old one stays. Only before the new one was used.",
  responses: {
    200: accessTokenResponse("The token, which has only its old secret"),
    ...errors("forbidden", "not_found", "conflict", "precondition_failed", ...ofBody),
  },
} as const;
const emptyRequest = { headers: tokenIfMatch, body: emptyBody };

const rotateSelf = createRoute({
  ...ofSelf,
  ...rotation,
  path: "/access-tokens/self/rotate",
  operationId: "rotateOwnAccessToken",
  summary: "Rotate the token that asks",
  middleware: [...self, optionalBody],
  request: rotationRequest,
});
const completeSelf = createRoute({
  ...ofSelf,
  ...completion,
  path: "/access-tokens/self/rotation/complete",
  operationId: "completeOwnRotation",
  summary: "End the old secret of the token that asks",
  middleware: [...self, optionalBody],
  request: emptyRequest,
});
const cancelSelf = createRoute({
  ...ofSelf,
  ...cancellation,
  path: "/access-tokens/self/rotation/cancel",
  operationId: "cancelOwnRotation",
  summary: "Keep the old secret of the token that asks",
  middleware: [...self, optionalBody],
  request: emptyRequest,
});

const rotate = createRoute({
  ...ofId,
  ...rotation,
  path: "/access-tokens/{id}/rotate",
  operationId: "rotateAccessToken",
  summary: "Rotate an access token",
  middleware: [...one, optionalBody],
  request: { params, ...rotationRequest },
});
const complete = createRoute({
  ...ofId,
  ...completion,
  path: "/access-tokens/{id}/rotation/complete",
  operationId: "completeRotation",
  summary: "End the old secret of an access token",
  middleware: [...one, optionalBody],
  request: { params, ...emptyRequest },
});
const cancel = createRoute({
  ...ofId,
  ...cancellation,
  path: "/access-tokens/{id}/rotation/cancel",
  operationId: "cancelRotation",
  summary: "Keep the old secret of an access token",
  middleware: [...one, optionalBody],
  request: { params, ...emptyRequest },
});

/** Without a body nothing is validated, so no default is set. */
function rotationOf(given: Partial<RotateAccessTokenInput>): RotateAccessTokenInput {
  return { oldSecret: "on_first_use", ...given };
}

function rotatedAnswer({ token, secret }: RotatedAccessToken) {
  return json({ ...accessTokenResource(token), token: secret }, { etag: etagOf(token) });
}

export const ownRotation = new OpenAPIHono<TokenEnv>()
  .openapi(rotateSelf, async (c) => {
    const { "idempotency-key": key, "if-match": expected } = c.req.valid("header");
    const { actor } = c.get("authenticated");
    return rotatedAnswer(
      await rotateAccessToken(actor, actor.accessTokenId, rotationOf(c.req.valid("json")), key, expected),
    );
  })
  .openapi(completeSelf, async (c) => {
    const { actor } = c.get("authenticated");
    const expected = c.req.valid("header")["if-match"];
    return accessTokenAnswer(await completeRotation(actor, actor.accessTokenId, expected));
  })
  .openapi(cancelSelf, async (c) => {
    const { actor } = c.get("authenticated");
    const expected = c.req.valid("header")["if-match"];
    return accessTokenAnswer(await cancelRotation(actor, actor.accessTokenId, expected));
  });

export const accessTokenRotation = new OpenAPIHono<ApiEnv>()
  .openapi(rotate, async (c) => {
    const { id } = c.req.valid("param");
    const { "idempotency-key": key, "if-match": expected } = c.req.valid("header");
    return rotatedAnswer(
      await rotateAccessToken(c.get("caller").actor, id, rotationOf(c.req.valid("json")), key, expected),
    );
  })
  .openapi(complete, async (c) => {
    const { id } = c.req.valid("param");
    return accessTokenAnswer(await completeRotation(c.get("caller").actor, id, c.req.valid("header")["if-match"]));
  })
  .openapi(cancel, async (c) => {
    const { id } = c.req.valid("param");
    return accessTokenAnswer(await cancelRotation(c.get("caller").actor, id, c.req.valid("header")["if-match"]));
  });
