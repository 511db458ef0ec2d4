import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { memberships, users } from "@/db/schema";
import { recordRefusal } from "./refusals";

type Detail = { method: "password" | "identity provider"; reason?: string };

/** Records the failure with each organization of the address's person, if any, who is looked up afterwards. */
export function recordFailedSignIn(givenEmail: string, detail: Detail): void {
  const email = givenEmail.toLowerCase();
  recordRefusal("sign_in.failed", email, async () => {
    const found = await db
      .selectDistinct({ userId: users.id, name: users.name, organizationId: memberships.organizationId })
      .from(users)
      .innerJoin(memberships, eq(memberships.userId, users.id))
      .where(and(eq(users.email, email), eq(users.kind, "person")));
    return found.map(({ userId, name, organizationId }) => ({
      actor: { kind: "person" as const, userId, name },
      owner: { organizationId, groupId: null },
      subject: { id: userId, name },
      detail,
    }));
  });
}
