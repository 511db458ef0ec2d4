import { Resolver } from "node:dns/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { nameServersFailed, nameServersSilent } from "./errors";
import { parseHosts } from "./hosts-file";
import { readAnew } from "./read-anew";
import type { Resolve } from "./resolve";
import { candidates, parseSearchList } from "./search-list";

/** Where names are looked up, and how long, where it isn't as the system has it: for tests. */
type Source = { servers?: string[]; hostsFile?: string; resolvConf?: string; milliseconds?: number };

/** Two seconds: Node looks once a second at what c-ares has waited for too long. */
const timeout = 1900;
/** More than a provider has; what a name server sends beyond is not looked at, and not connected to. */
const mostAddresses = 32;
const loopback = ["127.0.0.1", "::1"];
const systemHosts =
  process.platform === "win32"
    ? join(process.env.SystemRoot ?? "C:\\Windows", "System32", "drivers", "etc", "hosts")
    : "/etc/hosts";

/**
 * Looks a name up in the hosts file, then at the system's name servers by c-ares, which asks each once for two seconds:
 * getaddrinfo would keep one of libuv's threads for as long as a name server is silent. Answers all addresses, none for
 * a name that has none. Throws `provider_unreachable` where the name servers fail. Nothing goes on after the signal.
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
    // A new one reads the system's configuration anew, and is cancelled without regard to other lookups.
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

/** RFC 6761, 6.3: these names are the machine's own, whatever a name server says. */
function isLocalhost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

async function firstFound(resolver: Resolver, host: string, names: string[]): Promise<string[]> {
  // Not one with a zone, which c-ares tells and doesn't take.
  const others = resolver.getServers().filter((server, place) => place > 0 && !server.includes("%"));
  let hasFailed = false;
  for (const name of names) {
    const { addresses, failures } = await askAll(resolver, name, others);
    if (addresses.length > 0) return addresses.slice(0, mostAddresses);
    if (failures.includes("ETIMEOUT")) throw nameServersSilent(host);
    // As getaddrinfo does: the next name may be another server's.
    if (failures.some((code) => code !== "ESERVFAIL")) throw nameServersFailed(host);
    hasFailed ||= failures.length > 0;
  }
  if (hasFailed) throw nameServersFailed(host);
  return [];
}

type Answer = { addresses: string[]; failures: string[] };

/** Node has c-ares take a fault for the answer, and go on to the next server after silence alone: this does it after both. */
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

/** Both families; one that fails doesn't matter where the other has addresses. */
async function ask(resolver: Resolver, name: string): Promise<Answer> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const reasons = answers.flatMap((answer) => (answer.status === "rejected" ? [codeOf(answer.reason)] : []));
  return { addresses, failures: reasons.filter((code) => !hasNone.has(code)) };
}

function codeOf(reason: unknown): string {
  return reason instanceof Error && "code" in reason ? String(reason.code) : "";
}
