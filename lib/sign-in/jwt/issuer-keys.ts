import type { JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { isHttpsOrLocal } from "@/lib/env";
import { cachedKeys, discoveryAddress, keySet } from "@/lib/issuer-keys/cached-keys";
import { oneSpelling } from "@/lib/sign-in/identity";

const discovery = z.object({ issuer: z.url(), jwks_uri: z.string().refine(isHttpsOrLocal) });

/** The keys of the organization's identity provider, which the operator has named: it may publish them at any host. */
export function publishedKeys(issuer: string): JWTVerifyGetKey {
  return cachedKeys({
    issuer,
    fetchKeys: (address, init) => fetchKeys(issuer, address, init),
    timeout: 5000,
    messages: {
      caller: "The identity provider can't be asked at the moment. Try again later.",
      log: "the identity provider's keys can't be fetched",
    },
  });
}

/** Fetches the keys now. Any failure throws: see `cachedKeys` for what callers get. */
export function fetchPublishedKeys(issuer: string, init: RequestInit): Promise<z.output<typeof keySet>> {
  return fetchKeys(issuer, discoveryAddress(issuer).href, { ...init, redirect: "manual" });
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
