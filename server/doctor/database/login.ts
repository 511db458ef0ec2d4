import { readRights } from "@/server/start/service-login";
import { type Finding, right, warning } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database login";
const twoLogins = "Use two logins: see docs/operating.md";

/** As whom the application acts, and whether it could undo what guards the audit log. */
export async function login({ client, isEmbedded, role }: InspectedDatabase): Promise<Finding[]> {
  const found = await readRights(client);
  const { rows } = await client.query<{ user: string; isSuperuser: boolean }>(
    `select session_user as user, (select rolsuper from pg_roles where rolname = session_user) as "isSuperuser"`,
  );
  const [{ user = "", isSuperuser = false } = {}] = rows;
  const acts = role ? `connects as "${user}", and acts as "${found?.current}"` : `connects and acts as "${user}"`;
  if (isEmbedded) return [right(subject, acts)];
  if (isSuperuser) return [warning(subject, `${acts}. "${user}" is a superuser, who may do anything`, twoLogins)];
  if (found?.isOwner) {
    return [
      warning(subject, `${acts}. "${user}" owns the tables, and could undo what guards the audit log`, twoLogins),
    ];
  }
  if (found?.mayChangeLog) {
    return [
      warning(
        subject,
        `${acts}, and may change the audit log's tables`,
        `Revoke update, delete, truncate and trigger on them from "${user}"`,
      ),
    ];
  }
  return [right(subject, acts)];
}
