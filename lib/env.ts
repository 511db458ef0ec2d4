import { resolve } from "node:path";
import { z } from "zod";
import { addressProblem } from "@/db/session/address";
import { AllowlistError, parseAllowlist } from "./network/allowlist";
import { readCertificates } from "./network/certificates";
import { type Network, parseNetwork } from "./network/ip-address";

const text = z
  .string()
  .trim()
  .transform((value) => value || undefined);
const optional = text.optional();
const wholeNumber = (name: string, least: number, most: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, `${name} must be a whole number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `${name} must be a whole number from ${least} to ${most}.`);

const databaseAddress = (name: string) =>
  optional.superRefine((value, context) => {
    const problem = value && addressProblem(value);
    if (problem) context.addIssue({ code: "custom", message: `${name} ${problem}` });
  });

export const defaultPoolSize = 20;

const encryptionKey = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=$/;

const variables = z.object({
  PORT: wholeNumber("PORT", 0, 65535).default(3000),
  HOST: text.transform((value) => value ?? "localhost").default("localhost"),
  METRICS_PORT: wholeNumber("METRICS_PORT", 0, 65535).optional(),
  METRICS_HOST: text.transform((value) => value ?? "localhost").default("localhost"),
  DATABASE_URL: databaseAddress("DATABASE_URL"),
  DATABASE_MIGRATION_URL: databaseAddress("DATABASE_MIGRATION_URL"),
  DATABASE_POOL_SIZE: wholeNumber("DATABASE_POOL_SIZE", 5, 1000).default(defaultPoolSize),
  DATABASE_WAIT_SECONDS: wholeNumber("DATABASE_WAIT_SECONDS", 0, 3600).default(60),
  SHUTDOWN_GRACE_SECONDS: wholeNumber("SHUTDOWN_GRACE_SECONDS", 0, 300).default(5),
  DATA_DIR: text.transform((value) => value ?? "data").default("data"),
  AUTH_SECRET: optional.refine(
    (value) => !value || value.length >= 32,
    "AUTH_SECRET must have at least 32 characters. Make one with: openssl rand -base64 33",
  ),
  ENCRYPTION_KEYS: optional.refine(
    (value) => !value || areEncryptionKeys(value),
    'ENCRYPTION_KEYS must be a list like "k1:<32 bytes in base64>,k0:…" with each id once. Make one with: echo "k1:$(openssl rand -base64 32)"',
  ),
  AUTH_URL: optional.refine(
    (value) => !value || isOrigin(value),
    "AUTH_URL must be the public address without a path, such as https://tokens.example.com.",
  ),
  OIDC_ISSUER: optional.refine(
    (value) => !value || (isHttpsOrLocal(value) && !hasCredentials(value)),
    "OIDC_ISSUER must be the issuer's URL over https without credentials, such as https://login.example.com.",
  ),
  OIDC_CLIENT_ID: optional,
  OIDC_CLIENT_SECRET: optional,
  OIDC_API_AUDIENCE: optional,
  PROVIDER_ALLOWLIST: text
    .transform((value, context) => {
      try {
        return parseAllowlist(value ?? "");
      } catch (error) {
        if (!(error instanceof AllowlistError)) throw error;
        context.addIssue({ code: "custom", message: `PROVIDER_ALLOWLIST: ${error.message}.` });
        return z.NEVER;
      }
    })
    .default([]),
  PROVIDER_CA_FILE: optional.refine(
    (value) => !value || readCertificates(value).length > 0,
    "PROVIDER_CA_FILE must be a readable file of certificates in PEM form.",
  ),
  TRUSTED_PROXIES: text
    .transform((value, context) => {
      const entries = (value ?? "").split(",").map((entry) => entry.trim());
      const given = entries.filter(Boolean).map((entry) => parseNetwork(entry) ?? entry);
      const unknown = given.find((entry) => typeof entry === "string");
      if (unknown === undefined) return given.filter((entry): entry is Network => typeof entry !== "string");
      context.addIssue({ code: "custom", message: `TRUSTED_PROXIES: "${unknown}" is not an address or a network.` });
      return z.NEVER;
    })
    .optional(),
  SMTP_URL: optional.refine(
    (value) => !value || isSmtpUrl(value),
    "SMTP_URL must be the mail server's address alone, such as smtps://user:password@mail.example.com:465.",
  ),
  SMTP_FROM: optional.refine(
    (value) =>
      !value || /^(?:[^<>@\p{C}]*<[^\s<>@,;\p{C}]+@[^\s<>@,;\p{C}]+>|[^\s<>@,;\p{C}]+@[^\s<>@,;\p{C}]+)$/u.test(value),
    "SMTP_FROM must be an e-mail address, such as veHaaS <vehaas@example.com>.",
  ),
  TOKEN_MAX_LIFETIME_DAYS: wholeNumber("TOKEN_MAX_LIFETIME_DAYS", 1, 36_500).default(365),
  LOCAL_PASSWORDS: text
    .transform((value) => value ?? "on")
    .pipe(z.enum(["on", "off"], { error: "LOCAL_PASSWORDS must be on or off." }))
    .default("on"),
  DEMO_PASSWORD: optional,
  OTEL_EXPORTER_OTLP_ENDPOINT: optional.refine(
    (value) => !value || isHttpUrl(value),
    "OTEL_EXPORTER_OTLP_ENDPOINT must be the collector's address over http or https, such as http://localhost:4318.",
  ),
  // Only checked here: the exporter reads it from the environment.
  OTEL_EXPORTER_OTLP_HEADERS: optional.refine(
    (value) => !value || areHeaders(value),
    "OTEL_EXPORTER_OTLP_HEADERS must be pairs separated by commas, such as authorization=Bearer%20….",
  ),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .trim()
    .regex(/^(?:0(?:\.\d{1,9})?|1(?:\.0{1,9})?)$/, "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, such as 0.1.")
    .transform(Number)
    .default(1),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
      error: "LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent.",
    })
    .default("info"),
});

type Given = Partial<Record<keyof z.input<typeof variables>, string>>;
export type Settings = z.output<typeof variables>;

/** One sentence per problem, each naming its setting. */
export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join("\n"));
    this.name = "SettingsError";
  }
}

/** Reads and checks every setting. Throws a SettingsError that lists all problems at once. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const given = givenIn(env);
  const settings = variables.safeParse(given);
  const wrong = settings.error?.issues.map((issue) => issue.message) ?? [];
  const problems = [
    ...wrong,
    ...missingBesideDatabase(given),
    ...missingForOidc(given),
    ...mistakableForApi(given),
    ...missingForMail(given),
  ];
  if (!settings.success || problems.length > 0) throw new SettingsError(problems);
  return { ...settings.data, DATA_DIR: resolve(settings.data.DATA_DIR) };
}

/** What readSettings would return without the settings that are invalid: these have their defaults. */
export function readValidSettings(env: Record<string, string | undefined>): Settings {
  const given = givenIn(env);
  const invalid = new Set(variables.safeParse(given).error?.issues.map(({ path }) => String(path[0])));
  const valid = variables.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !invalid.has(name))));
  return { ...valid, DATA_DIR: resolve(valid.DATA_DIR) };
}

export const settingNames: readonly string[] = Object.keys(variables.shape);

function givenIn(env: Record<string, string | undefined>): Given {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

let current: Settings | undefined;

/** The settings of this process, read once. Call it only after the start has completed the environment. */
export function settings(): Settings {
  current ??= readSettings(process.env);
  return current;
}

function missingBesideDatabase(env: Given): string[] {
  if (!env.DATABASE_URL) {
    return env.DATABASE_MIGRATION_URL ? ["DATABASE_URL is missing beside DATABASE_MIGRATION_URL."] : [];
  }
  return [
    ...(env.AUTH_SECRET ? [] : ["AUTH_SECRET is required with DATABASE_URL. Make one with: openssl rand -base64 33"]),
    ...(env.ENCRYPTION_KEYS
      ? []
      : ['ENCRYPTION_KEYS is required with DATABASE_URL. Make one with: echo "k1:$(openssl rand -base64 32)"']),
  ];
}

function missingForOidc(env: Given): string[] {
  const needed = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] as const;
  if (![...needed, "OIDC_API_AUDIENCE" as const].some((name) => env[name])) return [];
  return needed
    .filter((name) => !env[name])
    .map((name) => `${name} is missing: sign-in with an identity provider needs ${needed.join(", ")}.`);
}

/** ID tokens have the client id as their audience, and would be accepted as access tokens. */
function mistakableForApi({ OIDC_API_AUDIENCE: audience, OIDC_CLIENT_ID: clientId }: Given): string[] {
  if (!audience || audience.trim() !== clientId?.trim()) return [];
  return ["OIDC_API_AUDIENCE must not be OIDC_CLIENT_ID: it tells access tokens for the API from ID tokens."];
}

function missingForMail(env: Given): string[] {
  const needed = ["SMTP_URL", "SMTP_FROM"] as const;
  if (!needed.some((name) => env[name])) return [];
  return needed
    .filter((name) => !env[name])
    .map((name) => `${name} is missing: sending e-mail needs ${needed.join(" and ")}.`);
}

function areEncryptionKeys(value: string): boolean {
  const keys = value.split(",").map((key) => key.trim());
  return (
    keys.every((key) => encryptionKey.test(key)) && new Set(keys.map((key) => key.split(":")[0])).size === keys.length
  );
}

/** Whether the URL is safe for an identity provider, whose responses are trusted because of TLS. */
export function isHttpsOrLocal(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` && !url.username;
}

/** Without a login, which the exporter would not send, and without a query. */
function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}

/** Percent-encoded pairs. The exporter would leave out those that it can't read. */
function areHeaders(value: string): boolean {
  return value.split(",").every((pair) => /^\s*[\w.!#$%&'*+^`|~-]+\s*=\s*\S/.test(pair) && isDecodable(pair));
}

/** Only host and login: a query could, for example, turn off the verification of certificates. */
function isSmtpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const isBare = /^\/?$/.test(url.pathname) && !url.search && !url.hash;
  return /^smtps?:$/.test(url.protocol) && url.hostname !== "" && isBare && isDecodable(url.username + url.password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
