import { DrizzleQueryError } from "drizzle-orm";
import { DatabaseError } from "pg";
import type { Logger } from "pino";
import { describe, expect, test } from "vitest";
import { generateSecret } from "./access-tokens/secret";
import { createLog } from "./log";
import { withRequestContext } from "./request-context";

/** The lines that the work writes to the log. */
function written(work: (log: Logger) => void): string[] {
  const lines: string[] = [];
  work(createLog({ write: (line) => lines.push(line) }));
  return lines;
}

function writtenOnce(work: (log: Logger) => void): string {
  const [line, ...others] = written(work);
  expect(others).toEqual([]);
  expect(line).toMatch(/^\{[^\n]*\}\n$/);
  return line ?? "";
}

const secret = generateSecret("group");
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
const password = "hunter2";

function failedQuery(params: unknown[], cause?: Error): DrizzleQueryError {
  return new DrizzleQueryError("insert into users values ($1)", params, cause);
}

function databaseError(message: string, detail: string): DatabaseError {
  return Object.assign(new DatabaseError(message, 1, "error"), { detail, code: "23505" });
}

const byName: [string, unknown][] = [
  ["a password", { password }],
  ["a name in camel case", { newPassword: password, clientSecret: password, accessToken: password }],
  ["a name in snake case", { client_secret: password, access_token: password, api_key: password }],
  ["a header", { headers: { "private-token": password, "set-cookie": `session=${password}`, "X-Api-Key": password } }],
  ["a setting", { env: { AUTH_SECRET: password, ENCRYPTION_KEYS: `k1:${password}`, OIDC_CLIENT_SECRET: password } }],
  ["a number", { password: 48_151_623 }],
  ["a list", { tokens: [password, [password]] }],
  ["an object", { credential: { kind: "basic", value: password }, count: 1 }],
  ["a text with quotes, brackets and breaks", { password: `"${password}", ]} \\"\n${password}` }],
  ["a deep place", { a: [{ b: { c: [{ passphrase: password }] } }] }],
  ["a list of names and values", { rawHeaders: ["Host", "localhost", "Cookie", `a=${password}`] }],
  [
    "a list of pairs",
    {
      headers: [
        ["authorization", `Digest ${password}`],
        ["cookie", password],
      ],
    },
  ],
  ["a list behind a list's path", { path: "/api/v2.0/access-tokens", rawHeaders: ["x-api-key", password] }],
  ["a list with a long name", { rawHeaders: [`${"x".repeat(75)}token`, password, `token${"x".repeat(75)}`, password] }],
  ["a list with a word within a name", { rawHeaders: ["x-secret-of-mine", password] }],
  ["a list of a failed query", { err: { parts: ["params", password] } }],
  ["an error's member", { err: Object.assign(new Error("no"), { token: password, nested: { password } }) }],
  ["a failed query's parameters", { err: failedQuery([password, 48_151_623]) }],
];

const byLooks: [string, string, string][] = [
  ["a secret", secret, secret],
  ["an organization's secret", generateSecret("organization").slice(0, 30), "vho_"],
  ["a pipeline's secret", generateSecret("pipeline").slice(0, 30), "vhj_"],
  ["a secret within a word", `x%3D${secret}y`, secret.slice(4)],
  ["a bearer header", `GET / authorization: bearer ${password}`, password],
  ["a basic header", `Basic ${btoa(`ada:${password}`)}`, btoa(`ada:${password}`)],
  ["a cookie header", `cookie: a=1; sid=${password}; b=2`, password],
  ["a session cookie", `__Host-authjs.session-token=${password}; Path=/`, password],
  ["a device cookie", `__Host-vehaas.device=${password}; Path=/`, password],
  ["a webhook's signing secret", `whsec_${btoa(password.repeat(4))}`, btoa(password.repeat(4))],
  ["a JWT", `got ${jwt}.`, jwt],
  ["a password hash", "hash $argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g is wrong", "c2FsdHNhbHQ"],
  ["a database URL", `postgres://ada:p@ss/${password}@db.example.com/vehaas`, password],
  ["a URL with a password", `https://oauth2:${password}@gitlab.example.com/a.git`, password],
  ["an invitation's link", `GET /invitations/${"hunter2".repeat(5)}?_rsc=1`, "hunter2"],
  ["a secret in the path of a list", `/api/v2.0/access-tokens/${secret}`, secret],
  ["a secret behind the path of a list", `/api/v2.0/access-tokens","token":"${password}"`, password],
  ["a secret behind an encoded path", `/api/v2.0/access-tokens%22,%22token=${password}`, password],
  ["a name and a break before the colon", `authorization\n: Digest ${password}`, password],
  ["a name and a control character before the sign", `client_secret\u000b\t=${password}`, password],
  ["a calendar's link", `GET /calendar/${"hunter2".repeat(5)}.ics`, "hunter2"],
  ["an invitation's link within another", `/sign-in?callbackUrl=%2Finvitations%2F${"hunter2".repeat(5)}`, "hunter2"],
  ["a GitLab token", "used glpat-abcdefghij0123456789", "abcdefghij"],
  ["a GitHub token", "used ghp_abcdefghijklmnopqrst and github_pat_11AAAAAAA0_zyxwv", "abcdefghij"],
  ["JSON", `body was ${JSON.stringify({ a: 1, password, b: [2] })}`, password],
  ["JSON in JSON", `body was ${JSON.stringify(JSON.stringify({ password }))}`, password],
  ["a query string", `/callback?state=1&client_secret=${password}&code=2`, password],
  ["an assignment", `AUTH_SECRET=${password} npm start`, password],
  ["a failed query", `${failedQuery([`two\nlines ${password}`])}`, password],
];

describe("no secret is written", () => {
  test.each(byName)("from a property named %s", (_what, value) => {
    const line = writtenOnce((log) => log.info(value, "something happened"));
    expect(line).not.toMatch(/hunter2|48151623/);
    expect(line).toContain("[redacted]");
    expect(JSON.parse(line)).toMatchObject({ level: "info", msg: expect.any(String) });
  });

  describe.each(byLooks)("from text that looks like %s", (_what, text, hidden) => {
    const places: [string, (log: Logger) => void][] = [
      ["as the message", (log) => log.warn(text)],
      ["as a part of the message", (log) => log.warn("it said %s, twice", text)],
      ["in an object", (log) => log.warn({ request: { path: text } }, "odd")],
      ["in a list", (log) => log.warn({ lines: ["a", text] }, "odd")],
      ["in an error's message", (log) => log.error(new Error(text))],
      ["in an error's cause", (log) => log.error({ err: new Error("outer", { cause: new Error(text) }) }, "failed")],
      ["in a child's bindings", (log) => log.child({ task: text }).info("begun")],
    ];
    test.each(places)("%s", (_where, work) => {
      const line = writtenOnce(work);
      expect(line).not.toContain(hidden);
      expect(line).toContain("[redacted]");
      expect(() => JSON.parse(line)).not.toThrow();
    });
  });

  test("from a failed query, except its text, its stack and the database's message", () => {
    const cause = databaseError("duplicate key value", `Key (email)=(${password}@example.com) already exists.`);
    const line = writtenOnce((log) =>
      log.error({ err: failedQuery([password, secret, `\n    at ${password}`], cause) }),
    );
    expect(line).not.toContain(password);
    const { err } = JSON.parse(line);
    expect(err.message).toContain("insert into users values ($1)");
    expect(err.stack).toContain("log.unit.test.ts");
    expect(err.stack).toContain("duplicate key value");
  });

  test("from a row that PostgreSQL repeats", () => {
    const detail = `Failing row contains (usr_1, ${password} (hash), null).`;
    const line = writtenOnce((log) => log.error(databaseError("violates check constraint", detail)));
    expect(line).not.toContain(password);
    expect(JSON.parse(line).err).toMatchObject({ code: "23505", detail: "Failing row contains ([redacted])." });
  });
});

test("text that isn't secret is kept", () => {
  const harmless = {
    method: "GET",
    path: "/api/v2.0/groups/grp_1/access-tokens?limit=20&sort=-name",
    accessTokenId: "tok_01hfxyz",
    token_id: "tok_01hfxyz",
    passwordGiven: true,
    secret: null,
    ms: 3,
    url: "http://localhost:3000/groups",
    names: ["nightly", '"quoted", {braces} [brackets] \\ and\nbreaks 😀 \u2028'],
  };
  const line = writtenOnce((log) => log.info(harmless, "access tokens were listed"));
  expect(JSON.parse(line)).toMatchObject({ ...harmless, msg: "access tokens were listed" });
  expect(line).not.toContain("[redacted]");
});

test("lines have the id of their request, a time and no process id", () => {
  const line = withRequestContext({ requestId: "req-1", channel: "api", address: null }, () =>
    writtenOnce((log) => log.info("done")),
  );
  expect(JSON.parse(line)).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    requestId: "req-1",
    msg: "done",
  });
});

test("random lines stay JSON and reveal no planted secret", () => {
  const random = numbersFrom(7316401);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] ?? pick(choices);
  const pieces = [
    '"',
    "\\",
    "\\\\",
    "\n",
    "\r",
    "\t",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    " ",
    "=",
    "'",
    "(",
    ")",
    "@",
    "://",
  ];
  const words = [
    "token",
    "password",
    "cookie",
    "bearer",
    "params: ",
    "a",
    "vhg_",
    "x-",
    "\u0000",
    "😀",
    "\uD800",
    secret,
  ];
  const text = () => Array.from({ length: Math.floor(random() * 9) }, () => pick([...pieces, ...words])).join("");
  const value = (depth: number): unknown => {
    if (depth === 0 || random() < 0.3) return pick([text(), text(), 1, null, true]);
    if (random() < 0.3) return [value(depth - 1), value(depth - 1)];
    const named = { [pick(["password", "apiToken", "set-cookie"])]: pick([password, [password], { a: password }]) };
    return { [text()]: value(depth - 1), ...(random() < 0.5 ? named : {}), [pick(["a", "b"])]: value(depth - 1) };
  };
  for (let round = 0; round < 3000; round++) {
    const line = writtenOnce((log) => log.info({ value: value(3) }, "%s", text()));
    expect(() => JSON.parse(line), line).not.toThrow();
    expect(line).not.toContain(password);
    expect(line).not.toContain(secret.slice(4));
  }
});

test("a long line is redacted quickly", () => {
  const long = ["a-", "token", 'token:"', "eyJ-", "a://b:", "postgres://a:", "authjs.", "\nparams: ", ")=(", "bearer "];
  for (const piece of long) {
    const begun = performance.now();
    writtenOnce((log) => log.info({ path: piece.repeat(16_000 / piece.length) }));
    expect(performance.now() - begun, piece).toBeLessThan(500);
  }
});

/** Pseudorandom numbers from 0 to 1, the same in each run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
