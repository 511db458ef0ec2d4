export type SearchList = { domains: readonly string[]; ndots: number };

const longestName = 253;
const mostDots = 15;

/**
 * Parses `search`, `domain` and `options ndots:` of resolv.conf(5): the last list wins, and the default is the domain
 * of the machine's own name.
 */
export function parseSearchList(text: string, machine: string): SearchList {
  let domains = machine.includes(".") ? [machine.slice(machine.indexOf(".") + 1)] : [];
  let ndots = 1;
  for (const line of text.split(/\r?\n/)) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "search") domains = values;
    else if (keyword === "domain") domains = values.slice(0, 1);
    else if (keyword === "options") ndots = ndotsOf(values) ?? ndots;
  }
  const spelled = domains.map((domain) => domain.toLowerCase().replace(/^\.|\.$/g, "")).filter(Boolean);
  return { domains: [...new Set(spelled)], ndots };
}

/** The names to look up for a host name, in a resolver's order. */
export function candidates(host: string, { domains, ndots }: SearchList): string[] {
  const dots = host.split(".").length - 1;
  const qualified = domains.map((domain) => `${host}.${domain}`).filter((name) => name.length <= longestName);
  return dots >= ndots ? [host, ...qualified] : [...qualified, host];
}

function ndotsOf(options: string[]): number | undefined {
  const given = options.findLast((option) => /^ndots:\d+$/.test(option));
  return given === undefined ? undefined : Math.min(mostDots, Number(given.slice("ndots:".length)));
}
