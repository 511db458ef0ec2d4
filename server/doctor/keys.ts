import { drizzle } from "drizzle-orm/node-postgres";
import * as schema from "@/db/schema";
import { lookAtDataKeys, requireKeysInUse } from "@/lib/crypto/keys-in-use";
import type { Settings } from "@/lib/env";
import { count } from "@/lib/format";
import type { InspectedDatabase } from "./database/inspected-database";
import { type Finding, right, warning, wrong } from "./finding";

const subject = "encryption keys";

/** Whether ENCRYPTION_KEYS opens all that is stored. */
export async function keys({ client }: InspectedDatabase, { ENCRYPTION_KEYS }: Settings): Promise<Finding[]> {
  if (!ENCRYPTION_KEYS)
    return [wrong(subject, "ENCRYPTION_KEYS is missing or invalid: stored secrets can't be opened")];
  const database = drizzle({ client, schema, casing: "snake_case" });
  const { all, older, unreadable } = await database.transaction(async (tx) => {
    await requireKeysInUse(tx, ENCRYPTION_KEYS);
    return lookAtDataKeys(tx, ENCRYPTION_KEYS);
  });
  if (unreadable.length > 0) {
    const some = unreadable.slice(0, 5).join(", ");
    return [
      wrong(
        subject,
        `${count(unreadable.length, "data key")} can't be opened: ${some}`,
        "See docs/operating.md, Encryption keys",
      ),
    ];
  }
  if (older > 0) {
    const says = `they open all ${all} data keys, of which ${older} are still encrypted with another than the first`;
    return [warning(subject, says, "Finish the rotation: npm run keys:rotate")];
  }
  if (all === 0) return [right(subject, "no data key is stored yet")];
  return [right(subject, `they open ${all === 1 ? "the only data key" : `all ${all} data keys`}`)];
}
