import { eq } from "drizzle-orm";
import { db } from "@/db/client";
import { environments, environmentVariables } from "@/db/schema";

/** The stored variables of a token: their names and the sealed values. */
export async function storedVariables(tokenId: string) {
  const rows = await db.select().from(environmentVariables).where(eq(environmentVariables.accessTokenId, tokenId));
  const [sealed] = await db.select().from(environments).where(eq(environments.accessTokenId, tokenId));
  return { names: rows.map(({ name }) => name).sort(), sealed: sealed?.sealedValues };
}
