import { pinnedSettings } from "@/db/session/session";
import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "database session";

/** Settings of db/session that `pinnedSettings` lacks. */
const expected: Record<string, RegExp> = {
  statement_timeout: /^5s$/,
  synchronous_commit: /^(?:on|remote_apply)$/,
};
/** Of the connection; a socket has none. */
const ofTheNetwork = /^tcp_keepalives_/;

/** Whether the settings that the application makes in each session are in effect. A pooler could lose them. */
export async function sessionSettings({ client, isEmbedded, role }: InspectedDatabase): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string; value: string | null; role: string }>(
    `select name, current_setting(name, true) as value, current_user as role
     from unnest($1::text[]) as name`,
    [[...Object.keys(pinnedSettings), ...Object.keys(expected), "client_connection_check_interval"]],
  );
  const isSocket = client.host.startsWith("/");
  const lost = rows.filter(({ name, value }) => {
    if (value === null || (isSocket && ofTheNetwork.test(name))) return false;
    const asked = pinnedSettings[name];
    return asked === undefined ? expected[name]?.test(value) === false : asked !== value;
  });
  const acting = rows[0]?.role;
  const watches = rows.find(({ name }) => name === "client_connection_check_interval")?.value;
  const findings = [
    ...(role && acting !== role ? [wrong(subject, `acts as "${acting}" instead of "${role}"`, behindPooler)] : []),
    ...(lost.length > 0
      ? [
          wrong(
            subject,
            `not in effect: ${lost.map(({ name, value }) => `${name} is ${value}`).join(", ")}`,
            behindPooler,
          ),
        ]
      : []),
    ...(watches === "0" && !isEmbedded
      ? [
          warning(
            subject,
            "client_connection_check_interval is 0: statements that were given up go on at the server",
            "Run PostgreSQL on Linux, or see whether a pooler resets it",
          ),
        ]
      : []),
  ];
  return findings.length > 0 ? findings : [right(subject, `all ${rows.length} settings are in effect`)];
}

const behindPooler = "If a pooler is between, set its pool_mode to session";
