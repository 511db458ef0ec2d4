const fallback = "/groups";
/** No cookie may be larger than 4 KiB, and next-auth keeps the path in one. */
const longest = 2000;

/** The path of this site that the value names, for going there after sign-in; the groups where it names none. */
export function callbackPath(value: unknown): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > longest) return fallback;
  const base = "http://site.invalid";
  if (!URL.canParse(value, base)) return fallback;
  const { origin, pathname, search, hash } = new URL(value, base);
  // "/.//evil.example" is a path here, and would be a host once it stands alone.
  if (origin !== base || pathname.startsWith("//")) return fallback;
  return pathname + search + hash;
}

/** The sign-in page, with the way back. */
export function signInPath(path: string | null, error?: string): string {
  const query = new URLSearchParams({
    ...(error ? { error } : {}),
    callbackUrl: withoutRouterQuery(callbackPath(path)),
  });
  return `/sign-in?${query}`;
}

/** Next's router adds a parameter of its own to what it fetches. */
function withoutRouterQuery(path: string): string {
  const url = new URL(path, "http://site.invalid");
  if (!url.searchParams.has("_rsc")) return path;
  url.searchParams.delete("_rsc");
  return url.pathname + url.search + url.hash;
}
