import { Resolver } from "node:dns/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { nameServersFailed, nameServersSilent } from "./errors";
import { parseHosts } from "./hosts-file";
import { readAnew } from "./read-anew";
import type { Resolve } from "./resolve";
import { candidates, parseSearchList } from "./search-list";

/** Overrides of the system's configuration, for tests. */
type Source = { servers?: string[]; hostsFile?: string; resolvConf?: string; milliseconds?: number };

/** Milliseconds. Takes two seconds in effect, since Node checks c-ares' timeouts once a second. */
const timeout = 1900;
/** More than a provider has. Further addresses are neither checked nor connected to. */
const mostAddresses = 32;
const loopback = ["127.0.0.1", "::1"];
const systemHosts =
  process.platform === "win32"
    ? join(process.env.SystemRoot ?? "C:\\Windows", "System32", "drivers", "etc", "hosts")
    : "/etc/hosts";

/**
 * Resolves a name by the hosts file, then by the system's name servers with c-ares, which asks each once for two
 * seconds; getaddrinfo would block one of libuv's threads while a server is silent. Returns all addresses, or an empty
 * list. Throws `provider_unreachable` if the name servers fail. An abort cancels the lookup.
 */
export function createResolve(source: Source = {}): Resolve {
  const { servers, hostsFile = systemHosts, resolvConf = "/etc/resolv.conf", milliseconds = timeout } = source;
  const hosts = readAnew(hostsFile, parseHosts);
  const searchList = readAnew(resolvConf, (text) => parseSearchList(text, hostname()));
  return async (given, signal) => {
    const host = given.toLowerCase();
    const listed = hosts().get(host);
    if (listed) return listed.slice(0, mostAddresses);
    if (isLocalhost(host)) return loopback;
    signal?.throwIfAborted();
    // A new resolver rereads the system's configuration, and can be cancelled without affecting other lookups.
    const resolver = new Resolver({ timeout: milliseconds, tries: 1 });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await firstFound(resolver, host, candidates(host, searchList()));
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  };
}

/** RFC 6761, 6.3: these names always mean the local machine. */
function isLocalhost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

async function firstFound(resolver: Resolver, host: string, names: string[]): Promise<string[]> {
  // c-ares lists servers with a zone but does not accept them.
  const others = resolver.getServers().filter((server, place) => place > 0 && !server.includes("%"));
  let hasFailed = false;
  for (const name of names) {
    const { addresses, failures } = await askAll(resolver, name, others);
    if (addresses.length > 0) return addresses.slice(0, mostAddresses);
    if (failures.includes("ETIMEOUT")) throw nameServersSilent(host);
    // Like getaddrinfo: after SERVFAIL the next name is tried, since another server may answer for it.
    if (failures.some((code) => code !== "ESERVFAIL")) throw nameServersFailed(host);
    hasFailed ||= failures.length > 0;
  }
  if (hasFailed) throw nameServersFailed(host);
  return [];
}

type Answer = { addresses: string[]; failures: string[] };

/** c-ares in Node tries the next server only after a timeout; this also does so after an error response. */
async function askAll(resolver: Resolver, name: string, others: string[]): Promise<Answer> {
  let answer = await ask(resolver, name);
  for (const server of others) {
    if (answer.addresses.length > 0 || !answer.failures.some(isFault)) break;
    resolver.setServers([server]);
    answer = await ask(resolver, name);
  }
  return answer;
}

function isFault(code: string): boolean {
  return code !== "ETIMEOUT" && code !== "ECANCELLED";
}

const hasNone = new Set(["ENOTFOUND", "ENODATA", "EBADNAME"]);

/** Queries both families. An error of one is ignored if the other has addresses. */
async function ask(resolver: Resolver, name: string): Promise<Answer> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const reasons = answers.flatMap((answer) => (answer.status === "rejected" ? [codeOf(answer.reason)] : []));
  return { addresses, failures: reasons.filter((code) => !hasNone.has(code)) };
}

function codeOf(reason: unknown): string {
  return reason instanceof Error && "code" in reason ? String(reason.code) : "";
}
