import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { DomainError } from "@/lib/errors";
import { parseAllowlist, permitsAddress } from "@/lib/network/allowlist";
import { hostOf, portOf } from "@/lib/network/url-host";
import { parseProviderUrl } from "@/lib/version-control/provider-url";
import { type StandIn, startStandIn } from "@/testing/stand-ins/server";
import { guardedFetch } from "./guarded-fetch";
import type { Resolve } from "./resolve";

const file = new URL("../../../shared/cases/provider-urls.json", import.meta.url);
const answers = z.record(z.string(), z.array(z.string()));
const shape = z.array(
  z.object({
    url: z.string(),
    expect: z.enum(["allow", "block"]),
    kind: z.string(),
    why: z.string(),
    dns: answers.optional(),
    dns_seq: z.record(z.string(), z.array(z.array(z.string()))).optional(),
    redirect_to: z.string().optional(),
    never_allowlistable: z.boolean().optional(),
  }),
);
type Case = z.output<typeof shape>[number];
const cases = existsSync(file) ? shape.parse(JSON.parse(readFileSync(file, "utf8"))) : [];
const secret = "glpat-very-secret";

let target: StandIn;
beforeAll(async () => {
  target = await startStandIn(() => ({ status: 200, body: {} }), { host: "0.0.0.0" });
});
afterAll(() => target.close());

function resolverOf({ dns = {}, dns_seq = {} }: Case): Resolve {
  const turns = new Map<string, number>();
  return async (host) => {
    const turn = turns.get(host) ?? 0;
    turns.set(host, turn + 1);
    return dns_seq[host]?.at(Math.min(turn, dns_seq[host].length - 1)) ?? dns[host] ?? [];
  };
}

/** Checks the case's URL, then each address that its names resolve to, up to the socket. */
async function outcome(one: Case, allowlist = parseAllowlist("")): Promise<"allow" | "block"> {
  try {
    const url = new URL(parseProviderUrl(one.url, allowlist));
    const resolve = resolverOf(one);
    const turns = [await resolve(hostOf(url)), await resolve(hostOf(url))].flat();
    return turns.every((address) => permitsAddress(allowlist, hostOf(url), address, portOf(url))) ? "allow" : "block";
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return "block";
  }
}

async function send(url: string, options: Parameters<typeof guardedFetch>[1]): Promise<unknown> {
  const request = new Request(url, { headers: { "private-token": secret } });
  return guardedFetch(
    new URL(url).origin,
    options,
  )(request).then(
    () => undefined,
    (error) => error,
  );
}

const isDirect = (one: Case) => one.kind !== "redirect";

describe.runIf(cases.length > 0)("the shared cases of provider URLs", () => {
  test.each(cases.filter(isDirect))("$expect $url ($why)", async (one) => {
    expect(await outcome(one)).toBe(one.expect);
  });

  test.each(cases.filter((one) => one.never_allowlistable))("no allowlist permits $url ($why)", async (one) => {
    expect(await outcome(one, parseAllowlist("10.0.0.0/8, 2852039166.example.com"))).toBe("block");
    const host = hostOf(new URL(one.url));
    expect(() => parseAllowlist(host)).toThrow(/metadata/);
  });

  test.each(cases.filter((one) => one.kind === "dns"))(
    "the client opens no connection for $url ($why)",
    async (one) => {
      const host = hostOf(new URL(one.url));
      const error = await send(`http://${host}:${target.port}/`, { allowlist: [], resolve: resolverOf(one) });
      expect(error).toMatchObject({ code: "provider_url_not_allowed" });
      expect(target.connections()).toBe(0);
    },
  );

  test.each(cases.filter((one) => one.expect === "block" && one.kind === "literal" && !one.url.includes("%")))(
    "the client opens no connection for $url ($why)",
    async (one) => {
      const { hostname } = new URL(one.url);
      const error = await send(`http://${hostname}:${target.port}/`, { allowlist: [] });
      expect(error).toMatchObject({ code: "provider_url_not_allowed" });
      expect(target.connections()).toBe(0);
    },
  );

  test.each(cases.filter((one) => one.redirect_to))(
    "the client does not follow to $redirect_to ($why)",
    async (one) => {
      const redirectTo = toTarget(one.redirect_to ?? "");
      const first = await startStandIn(() => ({ status: 200, body: {} }), { redirectTo });
      first.failWith("redirect");
      const options = { allowlist: parseAllowlist("gitlab.example.com"), resolve: async () => ["127.0.0.1"] };
      const error = await send(`http://gitlab.example.com:${first.port}/api/v4/user`, options);
      expect(error).toMatchObject({ code: "provider_not_recognized" });
      expect([first.requests.length, target.connections()]).toEqual([1, 0]);
      await first.close();
    },
  );
});

/** The same redirect, with a host replaced by this test's forbidden socket. */
function toTarget(redirectTo: string): string {
  return redirectTo.replace(/^(https?:)?\/\/[^/]+/, (_all, scheme = "http:") => `${scheme}//127.0.0.1:${target.port}`);
}
