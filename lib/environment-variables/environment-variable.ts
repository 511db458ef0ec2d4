import { eq } from "drizzle-orm";
import type { Executor } from "@/db/client";
import { environmentVariables, users } from "@/db/schema";

/** The public fields of a variable: its value is write-only. */
export type EnvironmentVariable = {
  name: string;
  /** Bytes of the value in UTF-8. */
  size: number;
  /** Changes with each change, so that a later command can state which revision it saw. */
  revision: string;
  updatedAt: Date;
  updatedBy: { id: string; name: string };
};

/** The token's variables by name. Authorizes nothing. */
export function selectVariables(executor: Executor, tokenId: string): Promise<EnvironmentVariable[]> {
  return executor
    .select({
      name: environmentVariables.name,
      size: environmentVariables.size,
      revision: environmentVariables.revision,
      updatedAt: environmentVariables.updatedAt,
      updatedBy: { id: users.id, name: users.name },
    })
    .from(environmentVariables)
    .innerJoin(users, eq(users.id, environmentVariables.updatedById))
    .where(eq(environmentVariables.accessTokenId, tokenId))
    .orderBy(environmentVariables.name);
}
