import { readSettings, type Settings, SettingsError } from "@/lib/env";
import { type Finding, right, warning, wrong } from "../finding";
import type { Inspection } from "../inspection";

/** Each problem at which a start would stop. */
export function validSettings(env: Record<string, string | undefined>): Finding[] {
  try {
    readSettings(env);
    return [right("settings", "all are valid")];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem) => wrong("settings", problem));
  }
}

const local = /^(?:localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;

/** Settings that are valid, but unsafe or without effect beside others. */
export function combinations({ settings, env }: Inspection): Finding[] {
  const found = [
    ...publicAddress(settings),
    ...waysIn(settings),
    ...verification(env),
    ...proxies(settings),
    ...secrets(settings),
    ...withoutEffect(settings),
  ];
  return found.length > 0 ? found : [right("settings together", "none is unsafe beside the others")];
}

function publicAddress({ AUTH_URL, HOST }: Settings): Finding[] {
  if (AUTH_URL) {
    const { protocol, hostname } = new URL(AUTH_URL);
    if (protocol === "https:" || local.test(hostname)) return [];
    return [
      wrong(
        "AUTH_URL",
        "is not https: passwords, cookies and access tokens can be read on their way",
        "Serve by https",
      ),
    ];
  }
  if (local.test(HOST)) return [];
  return [
    warning(
      "AUTH_URL",
      `is not set, although HOST ${HOST} listens for other machines: cookies are not Secure, and links may be wrong`,
      "Set AUTH_URL to the public https address",
    ),
  ];
}

function waysIn({ LOCAL_PASSWORDS, OIDC_ISSUER }: Settings): Finding[] {
  if (LOCAL_PASSWORDS === "on" || OIDC_ISSUER) return [];
  return [
    wrong(
      "LOCAL_PASSWORDS",
      "is off, and OIDC_ISSUER is not set: nobody can sign in",
      "Set OIDC_ISSUER, or passwords on",
    ),
  ];
}

function verification(env: Record<string, string | undefined>): Finding[] {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return [];
  return [
    wrong(
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "is 0: certificates of the identity provider and the mail server are not verified",
      "Remove it, and name your certificate authority in NODE_EXTRA_CA_CERTS",
    ),
  ];
}

function proxies({ TRUSTED_PROXIES = [] }: Settings): Finding[] {
  if (!TRUSTED_PROXIES.some(([, bits]) => bits === 0)) return [];
  return [
    wrong(
      "TRUSTED_PROXIES",
      "trusts every address: anybody can choose the address that limits and the audit log see",
      "Name only the addresses of the proxies",
    ),
  ];
}

function secrets({ AUTH_SECRET, ENCRYPTION_KEYS }: Settings): Finding[] {
  const weakKeys = (ENCRYPTION_KEYS ?? "").split(",").flatMap((pair) => {
    const [id = "", key = ""] = pair.trim().split(":");
    return id && new Set(Buffer.from(key, "base64")).size < 16 ? [id] : [];
  });
  return [
    ...(AUTH_SECRET && new Set(AUTH_SECRET).size < 12
      ? [warning("AUTH_SECRET", "is not random", "Make one with: openssl rand -base64 33")]
      : []),
    ...weakKeys.map((id) =>
      warning(
        "ENCRYPTION_KEYS",
        `has a key "${id}" that is not random`,
        "Rotate to one made with: openssl rand -base64 32",
      ),
    ),
  ];
}

function withoutEffect({ DATABASE_URL, DATABASE_MIGRATION_URL, DEMO_PASSWORD }: Settings): Finding[] {
  return [
    ...(DATABASE_URL && DEMO_PASSWORD
      ? [warning("DEMO_PASSWORD", "has no effect with DATABASE_URL, which gets no demo accounts", "Remove it")]
      : []),
    ...(DATABASE_URL && DATABASE_URL === DATABASE_MIGRATION_URL
      ? [warning("DATABASE_MIGRATION_URL", "is the same as DATABASE_URL, and has no effect", "Remove it")]
      : []),
  ];
}
