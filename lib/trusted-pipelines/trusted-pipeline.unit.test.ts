import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { pipelineInput } from "@/testing/pipelines/pipelines";
import { assertImportable, publicKeys } from "./public-keys";
import { addTrustedPipelineInput, issuerOf } from "./trusted-pipeline";

test.each([
  ["gitlab", "https://gitlab.com", "https://gitlab.com"],
  ["gitlab", "https://git.example.com/gitlab", "https://git.example.com/gitlab"],
  ["github", "https://github.com", "https://token.actions.githubusercontent.com"],
  ["github", "https://octocorp.ghe.com", "https://token.actions.octocorp.ghe.com"],
  ["github", "https://api.octocorp.ghe.com", "https://token.actions.octocorp.ghe.com"],
  ["github", "https://ghes.example.com", "https://ghes.example.com/_services/token"],
  ["github", "https://notghe.com", "https://notghe.com/_services/token"],
] as const)("the issuer of a %s at %s is %s", (type, url, issuer) => {
  expect(issuerOf(type, url)).toBe(issuer);
});

const refusedFields = (differs: object) => {
  const { error } = addTrustedPipelineInput.safeParse({ ...pipelineInput(), ...differs });
  return error?.issues.map(({ path, message }) => [path[0], message]) ?? [];
};

test.each([
  "refs/heads/main",
  "refs/heads/release/*",
  "refs/heads/*",
  "refs/tags/v*",
  "refs/heads/feature/ä",
  "refs/tags/*/end",
])("the ref %s is taken", (ref) => expect(refusedFields({ ref })).toEqual([]));

test.each([
  "main",
  "refs/pull/1/merge",
  "refs/heads/",
  "refs/heads/*/*",
  "refs/heads/a b",
  "refs/heads/a..b",
  "refs/heads/a//b",
  "refs/heads/.a",
  "refs/heads/a.lock",
  "refs/heads/a/",
  "refs/heads/a\nb",
  "refs/heads/[ab]",
  "refs/heads/a?",
  `refs/heads/${"x".repeat(250)}`,
  7,
])("the ref %j is refused in words", (ref) => {
  expect(refusedFields({ ref })).toEqual([["ref", expect.stringMatching(/[.]$/)]]);
});

test.each([
  [{ projectId: "abc" }, "projectId"],
  [{ projectId: "0" }, "projectId"],
  [{ projectId: 123 }, "projectId"],
  [{ projectId: "1".repeat(19) }, "projectId"],
  [{ ownerId: "octo" }, "ownerId"],
  [{ providerType: "bitbucket" }, "providerType"],
  [{ providerUrl: "" }, "providerUrl"],
  [{ project: " " }, "project"],
  [{ environment: "" }, "environment"],
  [{ environment: "a\u202eb" }, "environment"],
  [{ environment: "x".repeat(256) }, "environment"],
  [{ lifetimeMinutes: 4 }, "lifetimeMinutes"],
  [{ lifetimeMinutes: 61 }, "lifetimeMinutes"],
  [{ lifetimeMinutes: 15.5 }, "lifetimeMinutes"],
  [{ protectedOnly: "yes" }, "protectedOnly"],
  [{ mergeRequests: null }, "mergeRequests"],
])("%j is refused in words", (differs, field) => {
  expect(refusedFields(differs)).toEqual([[field, expect.stringMatching(/[.]$/)]]);
});

test("an unknown field is refused", () => {
  expect(addTrustedPipelineInput.safeParse({ ...pipelineInput(), sub: "project_path:x" }).success).toBe(false);
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const short = generateKeyPairSync("rsa", { modulusLength: 1024 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const otherCurve = generateKeyPairSync("ec", { namedCurve: "P-384" });
const ed = generateKeyPairSync("ed25519");
const jwkOf = ({ publicKey }: { publicKey: { export: (options: { format: "jwk" }) => object } }) => ({
  ...publicKey.export({ format: "jwk" }),
  kid: "k1",
  use: "sig",
});

describe("pasted keys", () => {
  test.each([
    ["RSA", jwkOf(rsa)],
    ["EC", { ...jwkOf(ec), alg: "ES256" }],
    ["Ed25519", jwkOf(ed)],
  ])(
    "of type %s are taken and can be imported, without members that are no part of a public key",
    async (_type, key) => {
      const set = publicKeys.parse({ keys: [{ ...key, x5u: "https://elsewhere.example/key" }] });
      expect(set).toEqual({ keys: [key] });
      await expect(assertImportable(set)).resolves.toBeUndefined();
    },
  );

  test.each<[string, unknown]>([
    ["a private key", { keys: [{ ...rsa.privateKey.export({ format: "jwk" }) }] }],
    ["a private member alone", { keys: [{ ...jwkOf(rsa), d: "AAAA" }] }],
    ["a symmetric key", { keys: [{ kty: "oct", k: "c2VjcmV0" }] }],
    ["a type that is not used", { keys: [{ kty: "oct" }] }],
    ["a short RSA key", { keys: [jwkOf(short)] }],
    ["an RSA key that takes long to verify with", { keys: [{ ...jwkOf(rsa), n: `f${"A".repeat(1400)}` }] }],
    ["an RSA key with a long exponent", { keys: [{ ...jwkOf(rsa), e: rsa.publicKey.export({ format: "jwk" }).n }] }],
    ["another curve", { keys: [jwkOf(otherCurve)] }],
    ["another algorithm", { keys: [{ ...jwkOf(rsa), alg: "HS256" }] }],
    ["a key for encryption", { keys: [{ ...jwkOf(rsa), use: "enc" }] }],
    ["no key", { keys: [] }],
    ["21 keys", { keys: Array.from({ length: 21 }, () => jwkOf(ed)) }],
    ["more than 64 KiB", { keys: [{ ...jwkOf(ed), padding: "x".repeat(64 * 1024) }] }],
    ["a key instead of a set", jwkOf(ed)],
    ["another member", { keys: [jwkOf(ed)], jku: "https://elsewhere.example" }],
    ["a text", "keys"],
  ])("are refused: %s", (_what, set) => {
    expect(publicKeys.safeParse(set).success).toBe(false);
  });

  test("that are no keys are refused at the field", async () => {
    const set = publicKeys.parse({ keys: [jwkOf(ed), { kty: "OKP", crv: "Ed25519", x: "AAAA" }] });
    const refused = await assertImportable(set).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({ errors: [{ field: "publicKeys", message: expect.stringContaining("Key 2") }] });
  });
});
