import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generateSecret } from "@/lib/access-tokens/secret";
import { changeMemberRole, removeMember } from "@/lib/members/in-group";
import { createToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { apiAudience, usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { startInstance } from "@/testing/api/start-instance";
import { everyRow } from "@/testing/database/database-owner";
import { startDatabaseProxy } from "@/testing/database/database-proxy";
import { createPerson, createTenant, type Tenant } from "@/testing/tenant";
import { tokensOf } from "@/testing/tokens-of";

let withoutProvider: string;
beforeAll(async () => {
  withoutProvider = await startInstance();
});
const { provider, link, jwtOf } = usePeople();

let base: string;
let tenant: Tenant;
let refused: ReturnType<typeof comparable>;

beforeAll(async () => {
  base = await serveApi();
  tenant = await createTenant();
  await link(tenant.group.admin);
  refused = comparable(await ask(base, groups, { headers: { "private-token": generateSecret("group") } }));
  expect(refused.status).toBe(401);
});

const groups = "/api/v2.0/groups";
const member = () => tenant.group.admin.userId;
const asBearer = (jwt: string) => ({ authorization: `Bearer ${jwt}` });
const askWith = (jwt: string, path = groups, at = base) => ask(at, path, { headers: asBearer(jwt) });

/** The answer without the parts that differ between requests. */
function comparable({ status, headers, text }: Answer) {
  const { date: _date, "x-request-id": _id, ...rest } = headers;
  return { status, headers: rest, text };
}

/** Advances the clock of this process, which also runs the provider. */
function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

const keyRequests = () => provider().requests.filter((path) => path === "/jwks").length;
const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 });
const now = () => Math.floor(Date.now() / 1000);

/** A JWT that no library would make. */
function handMade(header: object, claims: object, signature: (signed: Buffer) => Buffer): string {
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${signature(Buffer.from(signed)).toString("base64url")}`;
}
const goodClaims = () => ({ iss: provider().issuer, aud: apiAudience, sub: member(), exp: now() + 600 });
const goodHeader = () => ({ alg: "RS256", typ: "at+jwt", kid: provider().key().kid });
const hmacWith = (secret: string | Buffer) => (signed: Buffer) => createHmac("sha256", secret).update(signed).digest();
const rsaWith = (key: KeyObject) => (signed: Buffer) => sign("sha256", signed, key);
const privateKey = () => createPrivateKey({ key: provider().key(), format: "jwk" });
const publicKey = () => createPublicKey({ key: provider().key(), format: "jwk" });

test("a person who signed in at the provider calls the API with the provider's access token", async () => {
  const { access_token: jwt, id_token: idToken } = await tokensOf(provider(), member(), apiAudience);
  const { status, body } = await askWith(jwt);
  expect(status).toBe(200);
  expect(body.items).toEqual([expect.objectContaining({ id: tenant.group.id })]);
  expect((await askWith(jwt, `${groups}/${tenant.group.id}/members`)).status).toBe(200);
  expect((await askWith(jwt, `${groups}/${tenant.otherGroup.id}`)).status).toBe(404);
  expect(comparable(await askWith(idToken))).toEqual(refused);
});

test.each<[string, () => Promise<string>]>([
  ["the type JWT", () => jwtOf(member(), { header: { typ: "JWT" } })],
  ["no type", () => jwtOf(member(), { header: { typ: undefined } })],
  ["the long type", () => jwtOf(member(), { header: { typ: "application/AT+JWT" } })],
  ["several audiences", () => jwtOf(member(), { claims: { aud: ["other", apiAudience, provider().clientId] } })],
  ["an expiry within the clock tolerance", () => jwtOf(member(), { claims: { exp: now() - 20 } })],
  ["the issuer with a slash", () => jwtOf(member(), { claims: { iss: `${provider().issuer}/` } })],
  ["no key id", () => jwtOf(member(), { header: { kid: undefined } })],
  ["only the required parts", async () => handMade(goodHeader(), goodClaims(), rsaWith(privateKey()))],
])("a JWT with %s is accepted", async (_what, jwt) => {
  expect((await askWith(await jwt())).status).toBe(200);
});

const bad: [string, () => string | Promise<string>][] = [
  ["another audience", () => jwtOf(member(), { claims: { aud: "https://other.example.com" } })],
  ["the client as audience", () => jwtOf(member(), { claims: { aud: provider().clientId } })],
  ["no audience", () => jwtOf(member(), { claims: { aud: undefined } })],
  ["another issuer", () => jwtOf(member(), { claims: { iss: "https://login.example.com" } })],
  ["no issuer", () => jwtOf(member(), { claims: { iss: undefined } })],
  ["an expiry in the past", () => jwtOf(member(), { claims: { exp: now() - 60 } })],
  ["no expiry", () => jwtOf(member(), { claims: { exp: undefined } })],
  ["a start in the future", () => jwtOf(member(), { claims: { nbf: now() + 60 } })],
  ["no subject", () => jwtOf(member(), { claims: { sub: undefined } })],
  ["an empty subject", () => jwtOf("")],
  ["a NUL in the subject", () => jwtOf("\0")],
  ["the type of an ID token for both", () => jwtOf(member(), audiencesOfIdToken())],
  ["another type", () => jwtOf(member(), { header: { typ: "logout+jwt" } })],
  ["a key that isn't published", () => jwtOf(member(), { header: { kid: "unknown" } })],
  ["another's signature", () => handMade(goodHeader(), goodClaims(), rsaWith(otherKey.privateKey))],
  ["no signature", () => handMade(goodHeader(), goodClaims(), () => Buffer.alloc(0))],
  ["the algorithm none", () => handMade({ ...goodHeader(), alg: "none" }, goodClaims(), () => Buffer.alloc(0))],
  [
    "the public key as a shared secret",
    () => handMade({ ...goodHeader(), alg: "HS256" }, goodClaims(), hmacWith(pem())),
  ],
  [
    "an algorithm that the key isn't for",
    () => handMade({ ...goodHeader(), alg: "ES256" }, goodClaims(), hmacWith("x")),
  ],
  ["claims that aren't an object", () => handMade(goodHeader(), [goodClaims()], rsaWith(privateKey()))],
  ["five parts", async () => `${await jwtOf(member())}.e30.e30`],
  ["only a header", () => "eyJhbGciOiJSUzI1NiJ9"],
  ["a header that isn't JSON", () => "eyJ.e30.e30"],
  ["the prefix of an access token", async () => `vhg_${await jwtOf(member())}`],
];
const audiencesOfIdToken = () => ({
  header: { typ: "JWT" },
  claims: { aud: [provider().clientId, apiAudience] },
});
const pem = () => publicKey().export({ type: "spki", format: "pem" });

test("every bad JWT gets the same answer as other bad credentials, and costs no query", async () => {
  const database = await startDatabaseProxy(process.env.DATABASE_URL ?? "");
  const instance = await startInstance(database.url);
  expect((await askWith(await jwtOf(member()), groups, instance)).status).toBe(200);
  const [before, begun] = [database.queries(), performance.now()];
  for (const [what, jwt] of bad)
    expect(comparable(await askWith(await jwt(), groups, instance)), what).toEqual(refused);
  // The refusals cost no query; the timer writes the count of failures once in each second that has begun.
  const seconds = Math.ceil((performance.now() - begun) / 1000);
  expect(database.queries() - before).toBeLessThanOrEqual(seconds);
}, 60_000);

test("a JWT that brings its own key is refused, and its key is not fetched", async () => {
  const { issuer, requests } = provider();
  const jwk = otherKey.publicKey.export({ format: "jwk" });
  const before = requests.length;
  for (const own of [{ jwk }, { jku: `${issuer}/theirs` }, { x5u: `${issuer}/theirs` }, { crit: ["b64"], b64: true }]) {
    const header = { ...goodHeader(), kid: "theirs", ...own };
    const jwt = handMade(header, goodClaims(), rsaWith(otherKey.privateKey));
    expect(comparable(await askWith(jwt)), jwt).toEqual(refused);
  }
  const huge = handMade({ ...goodHeader(), kid: "k".repeat(8000) }, goodClaims(), rsaWith(otherKey.privateKey));
  expect(comparable(await askWith(huge))).toEqual(refused);
  expect(requests.length).toBe(before);
});

test("a JWT is only accepted in Authorization, and not together with another credential", async () => {
  const jwt = await jwtOf(member());
  const { secret } = await createToken(tenant.group.admin, tenant.group.scope);
  expect(comparable(await ask(base, groups, { headers: { "private-token": jwt } }))).toEqual(refused);
  const both = await ask(base, groups, { headers: { ...asBearer(jwt), "private-token": secret } });
  expect(both).toMatchObject({ status: 400, body: { code: "two_credentials" } });
  expect((await ask(base, `${groups}?access_token=${jwt}`)).status).toBe(401);
});

test("an account linked to no person is refused, and no person is created", async () => {
  const before = await everyRow();
  const { email } = tenant.group.user;
  const jwt = await jwtOf("stranger", { claims: { email, email_verified: true } });
  expect(comparable(await askWith(jwt))).toEqual(refused);
  expect(await everyRow()).toEqual(before);
});

test("a change of a person's role holds for the next request", async () => {
  const { id, admin, scope } = tenant.group;
  const person = await createPerson(tenant.organization.id, "organization_user", { [id]: "group_admin" });
  await link(person);
  const jwt = await jwtOf(person.userId);
  const { id: tokenId } = await createToken(admin, scope);
  const accesses = `/api/v2.0/access-tokens/${tokenId}/version-control-accesses`;
  const statuses = async () => [(await askWith(jwt, `${groups}/${id}`)).status, (await askWith(jwt, accesses)).status];
  expect(await statuses()).toEqual([200, 200]);
  await changeMemberRole(admin, scope, person.userId, "group_user");
  expect(await statuses()).toEqual([200, 404]);
  await removeMember(admin, scope, person.userId);
  expect(await statuses()).toEqual([404, 404]);
  expect((await askWith(jwt)).body.items).toEqual([]);
});

test("routes about the calling access token refuse people", async () => {
  const jwt = await jwtOf(member());
  for (const [method, path] of [
    ["GET", "/api/v2.0/access-tokens/self"],
    ["POST", "/api/v2.0/session-context/runners"],
    ["DELETE", "/api/v2.0/session-context/runners/unknown"],
  ] as const) {
    const answer = await ask(base, path, { method, headers: asBearer(jwt) });
    expect(answer, path).toMatchObject({ status: 403, body: { code: "forbidden" } });
  }
});

test("without the provider settings every JWT is refused", async () => {
  expect(comparable(await askWith(await jwtOf(member()), groups, withoutProvider))).toEqual(refused);
});

// From here on the tests advance the clock of this process.
afterAll(() => void vi.useRealTimers());

test("a new key is found, and the old key's signatures are refused", async () => {
  const old = await jwtOf(member());
  provider().rotateKey();
  pass(31);
  expect((await askWith(await jwtOf(member()))).status).toBe(200);
  expect(comparable(await askWith(old))).toEqual(refused);
});

test("any number of unknown keys causes one request to the provider in half a minute", async () => {
  pass(31);
  const before = keyRequests();
  const jwts = await Promise.all(Array.from({ length: 20 }, (_, n) => jwtOf(member(), { header: { kid: `no-${n}` } })));
  const answers = [...(await Promise.all(jwts.map((jwt) => askWith(jwt)))), await askWith(jwts[0] ?? "")];
  for (const answer of answers) expect(comparable(answer)).toEqual(refused);
  expect(keyRequests()).toBe(before + 1);
  expect((await askWith(await jwtOf(member()))).status).toBe(200);
});

test("while the provider is away, cached keys serve for an hour; then the answer is 503, not 401", async () => {
  await provider().close();
  expect((await askWith(await jwtOf(member()))).status).toBe(200);
  pass(601);
  expect((await askWith(await jwtOf(member()))).status).toBe(200);
  expect((await askWith(await jwtOf(member(), { header: { kid: "unknown" } }))).status).toBe(503);
  expect(comparable(await askWith(handMade(goodHeader(), goodClaims(), rsaWith(otherKey.privateKey))))).toEqual(
    refused,
  );
  pass(3000);
  const answer = await askWith(await jwtOf(member()));
  expect(answer).toMatchObject({ status: 503, body: { code: "unavailable" }, headers: { "retry-after": "5" } });
  const { secret } = await createToken(tenant.group.admin, tenant.group.scope);
  expect((await ask(base, groups, { headers: { "private-token": secret } })).status).toBe(200);

  await provider().reopen();
  const before = provider().requests.length;
  expect((await askWith(await jwtOf(member()))).status).toBe(503);
  expect(provider().requests.length).toBe(before);
  pass(6);
  expect((await askWith(await jwtOf(member()))).status).toBe(200);
});
