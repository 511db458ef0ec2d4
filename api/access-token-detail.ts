import { z } from "@hono/zod-openapi";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { NetworkUse } from "@/lib/access-tokens/activity/queries";
import { accessTokenExample, accessTokenResource, accessTokenSchema } from "./access-token-resource";
import { asJson, instant } from "./description/schemas";
import { json } from "./http/answer";
import { etagOf, tokenEtag } from "./http/etag";

const networkUse = z.object({
  network: z.string().meta({ description: "The /24 of an IPv4 address, the /48 of an IPv6 address" }),
  last_used_at: instant,
  client: z.string().nullable().meta({ description: "The product that the user agent names; `null` if it names none" }),
});

const detailSchema = accessTokenSchema
  .extend({
    last_used_from: z
      .array(networkUse)
      .meta({ description: "The networks of its latest uses, newest first, at most five. Exact to a few minutes" }),
  })
  .openapi("AccessTokenDetail", { description: "An access token, and where it was used from" });

const example: z.output<typeof detailSchema> = {
  ...accessTokenExample,
  last_used_from: [
    { network: "192.0.2.0/24", last_used_at: accessTokenExample.last_used_at ?? "", client: "GitLab-Runner" },
  ],
};

/** The response of GET for one token: the resource, its networks and its version. */
export const accessTokenDetailResponse = {
  description: "The token",
  headers: tokenEtag,
  content: asJson(detailSchema, example),
};

export function accessTokenDetailAnswer({ lastUsedFrom, ...token }: AccessToken & { lastUsedFrom: NetworkUse[] }) {
  const resource: z.output<typeof detailSchema> = {
    ...accessTokenResource(token),
    last_used_from: lastUsedFrom.map(({ network, lastUsedAt, client }) => {
      return { network, last_used_at: lastUsedAt.toISOString(), client };
    }),
  };
  return json(resource, { etag: etagOf(token) });
}
