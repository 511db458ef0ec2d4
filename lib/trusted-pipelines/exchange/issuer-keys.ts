import type { JWTVerifyGetKey } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { DomainError } from "@/lib/errors";
import { guardedFetch } from "@/lib/guarded-http/guarded-fetch";
import { cachedKeys, keySet } from "@/lib/issuer-keys/cached-keys";
import { createPlaces } from "@/lib/limits/places";

/** Milliseconds for the discovery document and the keys together, and for a place before them. */
const timeout = 5000;
const maxWait = 3000;
const mostBytes = 256 * 1024;
/** Issuers of one organization each. The least recently used one is forgotten, and fetched anew when it is needed. */
const mostIssuers = 2000;

const ofIssuer = createPlaces({ name: "issuer-keys:issuer", places: 2, maxWait });
const ofOrganization = createPlaces({ name: "issuer-keys:organization", places: 2, maxWait });

const known = new LRUCache<string, JWTVerifyGetKey>({ max: mostIssuers });

/**
 * The keys that an issuer publishes at its own host, fetched by the guarded client. Each organization has its own cache:
 * what one of them does to an issuer does not reach another. Throws `unavailable` if they can't be had.
 */
export function issuerKeys(organizationId: string, issuer: string): JWTVerifyGetKey {
  const name = `${organizationId} ${issuer}`;
  const earlier = known.get(name);
  if (earlier) return earlier;
  const keys = cachedKeys({
    issuer,
    fetchKeys: (address) => inPlaces(organizationId, issuer, () => fetchKeys(issuer, address)),
    timeout: timeout + 2 * maxWait,
    messages: {
      caller: "The keys of the ID token's issuer can't be had at the moment. Try again later.",
      log: "the keys of an issuer of ID tokens can't be fetched",
    },
  });
  known.set(name, keys);
  return keys;
}

/** Two fetches at a time for an issuer, and for an organization, across all instances. */
async function inPlaces<T>(organizationId: string, issuer: string, work: () => Promise<T>): Promise<T> {
  const done = await ofOrganization.withPlace(organizationId, () => ofIssuer.withPlace(issuer, work));
  if (!done?.result) throw unreachable("Two fetches of keys are under way already, which is the most at a time.");
  return done.result.result;
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

async function fetchKeys(issuer: string, address: string): Promise<z.output<typeof keySet>> {
  const end = performance.now() + timeout;
  const { data: found } = discovery.safeParse(await fetchJson(issuer, address, end));
  if (!found) throw unusable(`${address} is not the discovery document of an issuer.`);
  if (found.issuer !== issuer) throw unusable("The discovery document is that of another issuer.");
  if (new URL(found.jwks_uri).origin !== new URL(issuer).origin)
    throw unusable("The issuer's keys are at another host.");
  const { data: keys } = keySet.safeParse(await fetchJson(issuer, found.jwks_uri, end));
  if (!keys) throw unusable("The issuer publishes no key set.");
  return keys;
}

async function fetchJson(issuer: string, address: string, end: number): Promise<unknown> {
  const milliseconds = Math.max(1, Math.ceil(end - performance.now()));
  const fetchOnce = guardedFetch(new URL(issuer).origin, { milliseconds, bytes: mostBytes });
  const response = await fetchOnce(new Request(address, { headers: { accept: "application/json" } }));
  if (response.status !== 200) throw unreachable(`The issuer answered ${response.status}.`);
  try {
    return await response.json();
  } catch {
    throw unusable("The issuer answered with something else than JSON.");
  }
}

function unreachable(message: string): DomainError {
  return new DomainError("provider_unreachable", message);
}

function unusable(message: string): DomainError {
  return new DomainError("provider_not_recognized", message);
}
