import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { verifyAccessJwt } from "./verify-access-jwt";

const issuer = "https://login.example.com";
const audience = "api";
const clientId = "vehaas";

async function signedWith(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwt = await new SignJWT({ iss: issuer, aud: audience, sub: "someone" })
    .setProtectedHeader({ alg, kid: alg, typ: "at+jwt" })
    .setExpirationTime("10m")
    .sign(privateKey);
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: alg }] });
  return { jwt, expected: { issuer, audience, clientId, keys } };
}

test.each(["RS256", "PS256", "ES256", "EdDSA"])("a JWT signed with %s is accepted", async (alg) => {
  const { jwt, expected } = await signedWith(alg);
  expect(await verifyAccessJwt(jwt, expected)).toBe("someone");
});

test.each(["RS384", "ES512", "PS512"])(
  "a JWT signed with %s is refused, although its key is published",
  async (alg) => {
    const { jwt, expected } = await signedWith(alg);
    expect(await verifyAccessJwt(jwt, expected)).toBeUndefined();
  },
);

test("a JWT may omit its type, but a type that is not a string is refused", async () => {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const keys = createLocalJWKSet({ keys: [await exportJWK(publicKey)] });
  const withHeader = (header: object) => {
    const jwt = new SignJWT({ iss: issuer, aud: audience, sub: "someone" }).setExpirationTime("10m");
    return jwt.setProtectedHeader({ alg: "RS256", ...header }).sign(privateKey);
  };
  const verified = async (header: object) =>
    verifyAccessJwt(await withHeader(header), { issuer, audience, clientId, keys });
  expect(await verified({})).toBe("someone");
  for (const typ of [null, 0, false, [], {}, ["JWT"]]) expect(await verified({ typ })).toBeUndefined();
});

test("a JWT is refused if its key is unusable, and the error passes if no key can be fetched", async () => {
  const { jwt, expected } = await signedWith("RS256");
  const unusable = createLocalJWKSet({ keys: [{ kty: "RSA", kid: "RS256", n: "AQAB", e: "AQAB" }] });
  expect(await verifyAccessJwt(jwt, { ...expected, keys: unusable })).toBeUndefined();
  const away = new DomainError("unavailable", "Away.");
  const keys = () => Promise.reject(away);
  await expect(verifyAccessJwt(jwt, { ...expected, keys })).rejects.toBe(away);
});
