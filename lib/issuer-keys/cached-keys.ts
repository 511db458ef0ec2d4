import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { DomainError } from "@/lib/errors";
import { log } from "@/lib/log";

/** Milliseconds. */
const pauseAfterFailure = 5000;
const pauseBetweenUnknownKeys = 30_000;
const keptFor = 600_000;
const longestKept = 3_600_000;

export const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

type Source = {
  issuer: string;
  /** Finds the issuer's keys by its discovery document, at this address. Any failure throws. */
  fetchKeys: (address: string, init: RequestInit) => Promise<z.output<typeof keySet>>;
  /** Milliseconds for both requests. */
  timeout: number;
  /** For the caller and for the log, where the keys can't be had. */
  messages: { caller: string; log: string };
};

/**
 * An issuer's published keys. Fetched again after ten minutes, and at most once in 30 seconds if a JWT names an unknown
 * key. If fetching fails, keys up to an hour old are used, and an unknown key throws `unavailable`, caused by the failure.
 */
export function cachedKeys({ issuer, fetchKeys, timeout, messages }: Source): JWTVerifyGetKey {
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  const unavailable = () => new DomainError("unavailable", messages.caller, { cause: failure });
  const published = createRemoteJWKSet(discoveryAddress(issuer), {
    timeoutDuration: timeout,
    cooldownDuration: pauseBetweenUnknownKeys,
    cacheMaxAge: keptFor,
    // jose's cooldown starts only after a response; without this pause each JWT would call an issuer that is down.
    [customFetch]: async (address, { signal, headers }) => {
      if (Date.now() < failedAt + pauseAfterFailure) throw unavailable();
      try {
        const keys = await fetchKeys(address, { signal, headers, redirect: "manual" });
        fetchedAt = Date.now();
        return Response.json(keys);
      } catch (error) {
        failedAt = Date.now();
        failure = error;
        log.warn({ err: error, issuer }, messages.log);
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

export function discoveryAddress(issuer: string): URL {
  const address = new URL(issuer);
  address.pathname = `${address.pathname.replace(/\/$/, "")}/.well-known/openid-configuration`;
  return address;
}
