import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { isHttpsOrLocal } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";
import { oneSpelling } from "@/lib/sign-in/identity";

/** Milliseconds. */
const timeout = 5000;
const pauseAfterFailure = 5000;
const pauseBetweenUnknownKeys = 30_000;
const keptFor = 600_000;
const longestKept = 3_600_000;

const discovery = z.object({ issuer: z.url(), jwks_uri: z.string().refine(isHttpsOrLocal) });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * The issuer's published keys, found by its discovery document. Fetched again after ten minutes, and at most once in 30
 * seconds if a JWT names an unknown key. If fetching fails, keys up to an hour old are used, and an unknown key throws
 * `unavailable`.
 */
export function publishedKeys(issuer: string): JWTVerifyGetKey {
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  const published = createRemoteJWKSet(discoveryAddress(issuer), {
    timeoutDuration: timeout,
    cooldownDuration: pauseBetweenUnknownKeys,
    cacheMaxAge: keptFor,
    // jose's cooldown starts only after a response; without this pause each JWT would call an issuer that is down.
    [customFetch]: async (address, { signal, headers }) => {
      if (Date.now() < failedAt + pauseAfterFailure) throw unavailable();
      try {
        const keys = await fetchKeys(issuer, address, { signal, headers, redirect: "manual" });
        fetchedAt = Date.now();
        return Response.json(keys);
      } catch (error) {
        failedAt = Date.now();
        log.warn({ err: error }, "the identity provider's keys can't be fetched");
        throw unavailable();
      }
    },
  });
  return async (header, jws) => {
    try {
      return await published(header, jws);
    } catch (error) {
      const kept = Date.now() < fetchedAt + longestKept ? published.jwks() : undefined;
      if (!(error instanceof DomainError && kept)) throw error;
      return createLocalJWKSet(kept)(header, jws).catch(() => {
        throw error;
      });
    }
  };
}

async function fetchKeys(issuer: string, address: string, init: RequestInit): Promise<z.output<typeof keySet>> {
  const found = discovery.parse(await fetchJson(address, init));
  if (oneSpelling(found.issuer) !== oneSpelling(issuer)) throw new Error("the discovery document is another issuer's");
  return keySet.parse(await fetchJson(found.jwks_uri, init));
}

async function fetchJson(address: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(address, init);
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}

function discoveryAddress(issuer: string): URL {
  const address = new URL(issuer);
  address.pathname = `${address.pathname.replace(/\/$/, "")}/.well-known/openid-configuration`;
  return address;
}

function unavailable(): DomainError {
  return new DomainError("unavailable", "The identity provider can't be asked at the moment. Try again later.");
}
