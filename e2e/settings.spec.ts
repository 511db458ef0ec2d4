import { failedStart } from "./support/server/server";
import { expect, test } from "./support/test";

const secrets = { AUTH_SECRET: "x".repeat(32), ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` };
const unreachable = "postgres://user:hidden-word@127.0.0.1:1/vehaas";

const wrong: [string, Record<string, string>, string[]][] = [
  [
    "every wrong setting at once",
    { LOG_LEVEL: "loud", PORT: "abc", AUTH_URL: "foo" },
    ["PORT", "AUTH_URL", "LOG_LEVEL"],
  ],
  [
    "a database without its secrets",
    { DATABASE_URL: unreachable, AUTH_SECRET: "", ENCRYPTION_KEYS: "" },
    ["AUTH_SECRET", "ENCRYPTION_KEYS"],
  ],
  ["a database that does not answer", { DATABASE_URL: unreachable, ...secrets }, ["DATABASE_URL"]],
  [
    "a missing file of a certificate authority",
    { DATABASE_URL: `${unreachable}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem`, ...secrets },
    ["DATABASE_URL names the file /nowhere/ca.pem"],
  ],
  [
    "an invalid URL of the database's owner",
    { DATABASE_URL: unreachable, DATABASE_MIGRATION_URL: "mysql://hidden-word@host/vehaas", ...secrets },
    ["DATABASE_MIGRATION_URL"],
  ],
  ["half an identity provider", { OIDC_ISSUER: "https://login.example.com" }, ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"]],
  ["local passwords that are neither on nor off", { LOCAL_PASSWORDS: "no" }, ["LOCAL_PASSWORDS"]],
  ["a folder that is a file", { DATA_DIR: "package.json" }, ["DATA_DIR"]],
];

for (const [what, env, named] of wrong) {
  test(`${what} stops the start with one line per problem, naming the setting`, async () => {
    const { code, says } = await failedStart(env);
    expect(code).toBe(1);
    expect(says).toHaveLength(named.length);
    for (const [index, name] of named.entries()) expect(says[index]).toContain(name);
    expect(says.join()).not.toContain("hidden-word");
  });
}
