import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readSettings, SettingsError } from "./env";

const key = Buffer.alloc(32, 7).toString("base64");
const secrets = { AUTH_SECRET: "x".repeat(32), ENCRYPTION_KEYS: `k1:${key}` };
const oidc = {
  OIDC_ISSUER: "https://login.example.com/tenant",
  OIDC_CLIENT_ID: "vehaas",
  OIDC_CLIENT_SECRET: "hunter2",
};

function problems(env: Record<string, string>): string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

test("settings have defaults", () => {
  expect(readSettings({})).toEqual({
    PORT: 3000,
    HOST: "localhost",
    METRICS_HOST: "localhost",
    DATABASE_POOL_SIZE: 20,
    DATABASE_WAIT_SECONDS: 60,
    SHUTDOWN_GRACE_SECONDS: 5,
    DATA_DIR: resolve("data"),
    PROVIDER_ALLOWLIST: [],
    TOKEN_MAX_LIFETIME_DAYS: 365,
    LOCAL_PASSWORDS: "on",
    LOG_LEVEL: "info",
    OTEL_TRACES_SAMPLER_ARG: 1,
  });
});

test("a blank setting counts as missing", () => {
  const blank = {
    PORT: "",
    HOST: "  ",
    DATABASE_URL: "",
    AUTH_SECRET: " ",
    DATA_DIR: "",
    OIDC_ISSUER: "",
    LOCAL_PASSWORDS: " ",
    LOG_LEVEL: "",
  };
  expect(readSettings(blank)).toEqual(readSettings({}));
});

test("settings are trimmed", () => {
  expect(readSettings({ PORT: " 8080 ", HOST: " 0.0.0.0\n", TOKEN_MAX_LIFETIME_DAYS: " 30 " })).toMatchObject({
    PORT: 8080,
    HOST: "0.0.0.0",
    TOKEN_MAX_LIFETIME_DAYS: 30,
  });
});

test.each([
  ["DATABASE_POOL_SIZE", ["5", "1000"], ["4", "1001", "many"]],
  ["DATABASE_WAIT_SECONDS", ["0", "3600"], ["-1", "3601", "1m"]],
  ["SHUTDOWN_GRACE_SECONDS", ["0", "300"], ["301", "0.5"]],
] as const)("%s is a whole number within its bounds", (name, good, bad) => {
  for (const value of good) expect(readSettings({ [name]: value })[name]).toBe(Number(value));
  const [least, most] = good;
  for (const value of bad) {
    expect(problems({ [name]: value })).toEqual([`${name} must be a whole number from ${least} to ${most}.`]);
  }
});

test("LOCAL_PASSWORDS accepts only on and off", () => {
  expect(readSettings({ LOCAL_PASSWORDS: " off " }).LOCAL_PASSWORDS).toBe("off");
  for (const value of ["no", "false", "0", "OFF", "off,on"]) {
    expect(problems({ LOCAL_PASSWORDS: value })).toEqual(["LOCAL_PASSWORDS must be on or off."]);
  }
});

const good: Record<string, string>[] = [
  { PORT: "0" },
  { PORT: "65535" },
  { TOKEN_MAX_LIFETIME_DAYS: "1" },
  { TOKEN_MAX_LIFETIME_DAYS: "36500" },
  { DATABASE_URL: "postgres://u:p@db/vehaas", ...secrets },
  { DATABASE_URL: "postgresql://u:p@db/vehaas?sslmode=require", ...secrets },
  { ENCRYPTION_KEYS: `k2:${key}, k1:${key}` },
  { AUTH_URL: "https://tokens.example.com" },
  { AUTH_URL: "https://tokens.example.com/" },
  { AUTH_URL: "http://localhost:3000" },
  oidc,
  { ...oidc, OIDC_ISSUER: "http://localhost:9000", OIDC_API_AUDIENCE: "vehaas-api" },
  { LOG_LEVEL: "silent" },
  { METRICS_PORT: "9464", METRICS_HOST: "0.0.0.0" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/base", OTEL_TRACES_SAMPLER_ARG: "0.25" },
  { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20secret, x-tenant=a=b" },
  { SMTP_URL: "smtp://mail.example.com", SMTP_FROM: "vehaas@example.com" },
  { SMTP_URL: "smtps://ada%40example.com:p%40ss@mail.example.com:465/", SMTP_FROM: "veHaaS <vehaas@example.com>" },
  { SMTP_URL: "smtp://[::1]:25", SMTP_FROM: "<vehaas@example.com>" },
];
test.each(good)("accepts %j", (env) => {
  expect(problems(env)).toEqual([]);
});

const wrong: [string, string][] = [
  ["PORT", "abc"],
  ["PORT", "-1"],
  ["PORT", "65536"],
  ["PORT", "3000.5"],
  ["PORT", "1e3"],
  ["PORT", "99999999999"],
  ["TOKEN_MAX_LIFETIME_DAYS", "0"],
  ["TOKEN_MAX_LIFETIME_DAYS", "36501"],
  ["TOKEN_MAX_LIFETIME_DAYS", "a year"],
  ["AUTH_SECRET", "too short"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "Bearer secret"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "authorization=,x-tenant=a"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "authorization=100%"],
  ["ENCRYPTION_KEYS", "k1"],
  ["ENCRYPTION_KEYS", "k1:short"],
  ["ENCRYPTION_KEYS", `:${key}`],
  ["ENCRYPTION_KEYS", `k1:${key},k1:${key}`],
  ["ENCRYPTION_KEYS", `k1:${key},`],
  ["ENCRYPTION_KEYS", `k 1:${key}`],
  ["AUTH_URL", "tokens.example.com"],
  ["AUTH_URL", "https://tokens.example.com/app"],
  ["AUTH_URL", "https://user@tokens.example.com"],
  ["AUTH_URL", "ftp://tokens.example.com"],
  ["AUTH_URL", "https://tokens.example.com?x"],
  ["LOG_LEVEL", "loud"],
  ["METRICS_PORT", "65536"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:password@collector:4318"],
  ["OTEL_TRACES_SAMPLER_ARG", "1.1"],
  ["OTEL_TRACES_SAMPLER_ARG", "-0.5"],
];
test.each(wrong)("%s=%s stops the start with one line that names it", (name, value) => {
  const [problem, ...others] = problems({ [name]: value });
  expect(others).toEqual([]);
  expect(problem).toMatch(new RegExp(`^${name} [^\n]+$`));
});

test.each(["mysql://db/vehaas", "db.example.com", "http://db", "postgres://u:p@db:99999/x"])(
  "DATABASE_URL=%s is reported as wrong",
  (url) => {
    expect(problems({ DATABASE_URL: url, ...secrets })).toEqual([
      "DATABASE_URL must be an address such as postgres://user:password@host:5432/name.",
    ]);
  },
);

test.each([
  "login.example.com",
  "http://login.example.com",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "https://user@login.example.com",
  "https://user:password@login.example.com",
])("OIDC_ISSUER=%s is reported as wrong", (url) => {
  expect(problems({ ...oidc, OIDC_ISSUER: url })).toEqual([expect.stringMatching(/^OIDC_ISSUER must be/)]);
});

const mail = { SMTP_URL: "smtp://mail.example.com", SMTP_FROM: "vehaas@example.com" };
test.each([
  ["SMTP_URL", "mail.example.com"],
  ["SMTP_URL", "https://mail.example.com"],
  ["SMTP_URL", "smtp://"],
  ["SMTP_URL", "smtp://mail.example.com/path"],
  ["SMTP_URL", "smtp://mail.example.com?tls.rejectUnauthorized=false"],
  ["SMTP_URL", "smtp://user:%E0@mail.example.com"],
  ["SMTP_URL", "smtp://mail.example.com:99999"],
  ["SMTP_FROM", "veHaaS"],
  ["SMTP_FROM", "one@example.com, two@example.com"],
  ["SMTP_FROM", "veHaaS <vehaas@example.com"],
  ["SMTP_FROM", "veHaaS\nBcc: x <vehaas@example.com>"],
])("%s=%s is reported as wrong", (name, value) => {
  expect(problems({ ...mail, [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} must be [^\n]+$`))]);
});

test.each(Object.keys(mail))("e-mail is incomplete without %s", (missing) => {
  const env = Object.fromEntries(Object.entries(mail).filter(([name]) => name !== missing));
  expect(problems(env)).toEqual([`${missing} is missing: sending e-mail needs SMTP_URL and SMTP_FROM.`]);
});

test("the operator's own database needs the operator's own secrets, and the message says how to make them", () => {
  expect(problems({ DATABASE_URL: "postgres://db/vehaas" })).toEqual([
    expect.stringMatching(/^AUTH_SECRET is required with DATABASE_URL.*openssl rand/),
    expect.stringMatching(/^ENCRYPTION_KEYS is required with DATABASE_URL.*openssl rand/),
  ]);
});

describe("sign-in with an identity provider", () => {
  test.each(Object.keys(oidc))("is incomplete without %s", (missing) => {
    const env = Object.fromEntries(Object.entries(oidc).filter(([name]) => name !== missing));
    expect(problems(env)).toEqual([expect.stringMatching(new RegExp(`^${missing} is missing`))]);
  });

  test("is required for API calls with an audience, too", () => {
    expect(problems({ OIDC_API_AUDIENCE: "vehaas-api" })).toHaveLength(3);
  });

  test("has an audience other than its client id, so that ID tokens don't open the API", () => {
    expect(problems({ ...oidc, OIDC_API_AUDIENCE: " vehaas " })).toEqual([
      expect.stringMatching(/^OIDC_API_AUDIENCE must not be OIDC_CLIENT_ID/),
    ]);
  });
});

test("all problems are reported at once, each with its setting and without its value", () => {
  const found = problems({
    PORT: "hunter2",
    LOG_LEVEL: "hunter2",
    DATABASE_URL: "postgres://u:hunter2@db/vehaas",
    AUTH_SECRET: "hunter2",
    OIDC_CLIENT_SECRET: "hunter2",
  });
  expect(found.map((problem) => problem.split(" ")[0]).sort()).toEqual([
    "AUTH_SECRET",
    "ENCRYPTION_KEYS",
    "LOG_LEVEL",
    "OIDC_CLIENT_ID",
    "OIDC_ISSUER",
    "PORT",
  ]);
  expect(found.join()).not.toContain("hunter2");
});
