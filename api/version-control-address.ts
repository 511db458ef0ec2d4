import { z } from "@hono/zod-openapi";
import { exampleId, idOf, tokenId } from "./description/schemas";

/** The paths of a token's version control accesses and of one of them. */
export const accessesPath = "/access-tokens/{id}/version-control-accesses" as const;
export const accessPath = `${accessesPath}/{access_id}` as const;

export const ofToken = z.object({ id: tokenId });
export const ofAccess = ofToken.extend({ access_id: idOf("the version control access", exampleId.access) });
