import type { PgInsertValue } from "drizzle-orm/pg-core";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import { versionControlAccesses } from "@/db/schema";
import type { TestToken } from "./access-tokens";

type Differing = Partial<PgInsertValue<typeof versionControlAccesses>>;

/** Inserts an access of the token without asking a provider, with a credential that does not open. Returns its id. */
export async function insertAccess(token: TestToken, differing: Differing = {}): Promise<string> {
  const id = newId("vca");
  await db.insert(versionControlAccesses).values({
    id,
    organizationId: token.organizationId,
    accessTokenId: token.id,
    providerType: "gitlab",
    providerUrl: "https://gitlab.example",
    tokenScope: "project",
    targetId: "1",
    sealedToken: Buffer.from("sealed"),
    tokenSuffix: "abcd",
    acceptsPersonalToken: false,
    ...differing,
  });
  return id;
}
