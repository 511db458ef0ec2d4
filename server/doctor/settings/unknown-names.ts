import { settingNames } from "@/lib/env";
import { secretSettings } from "@/server/start/secret-files";
import { type Finding, right, warning } from "../finding";

const known = new Set([
  ...settingNames,
  ...secretSettings.map((name) => `${name}_FILE`),
  // Set by the start for its own use.
  "DATABASE_ROLE",
]);
/** First words of our settings that few other programs use. */
const ownWords = /^(?:DATABASE|OIDC|SMTP|PROVIDER|ENCRYPTION|TRUSTED|SHUTDOWN|METRICS)_/;
/** Kubernetes sets these for a service, which may be called "database". */
const ofServices = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT(?:_\d+_(?:TCP|UDP)(?:_(?:ADDR|PORT|PROTO))?)?$/;
const shortest = 8;

/** Names in the environment that are no setting, but look like one. They have no effect. */
export function unknownNames(env: Record<string, string | undefined>): Finding[] {
  const unknown = Object.keys(env).filter((name) => !known.has(name) && looksLikeOurs(name));
  if (unknown.length === 0) return [right("names of settings", "none looks misspelt")];
  return unknown.sort().map((name) => {
    const meant = meantBy(name);
    return warning(name, "is not a setting, and has no effect", meant && `Did you mean ${meant}?`);
  });
}

function looksLikeOurs(name: string): boolean {
  return (ownWords.test(name.toUpperCase()) && !ofServices.test(name)) || meantBy(name) !== undefined;
}

/** The setting that differs only in case or underscores, or of which one is the beginning of the other. */
function meantBy(name: string): string | undefined {
  const plain = plainly(name);
  return [...known].find((setting) => {
    const other = plainly(setting);
    if (plain === other) return true;
    return Math.min(plain.length, other.length) >= shortest && (plain.startsWith(other) || other.startsWith(plain));
  });
}

function plainly(name: string): string {
  return name.toUpperCase().replaceAll("_", "");
}
