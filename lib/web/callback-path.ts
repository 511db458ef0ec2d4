const fallback = "/groups";
/** Cookies are limited to 4 KiB, and next-auth keeps the path in one. */
const longest = 2000;

/** The path on this site to return to after sign-in; the groups page if the value is not one. */
export function callbackPath(value: unknown): string {
  if (typeof value !== "string" || !value.startsWith("/") || value.length > longest) return fallback;
  const base = "http://site.invalid";
  if (!URL.canParse(value, base)) return fallback;
  const { origin, pathname, search, hash } = new URL(value, base);
  // "/.//evil.example" resolves to "//evil.example" here, which would be a host when used as a URL.
  if (origin !== base || pathname.startsWith("//")) return fallback;
  return pathname + search + hash;
}

/** The sign-in page, with the path to return to. */
export function signInPath(path: string | null, error?: string): string {
  const query = new URLSearchParams({
    ...(error ? { error } : {}),
    callbackUrl: withoutRouterQuery(callbackPath(path)),
  });
  return `/sign-in?${query}`;
}

/** Next's router adds its own parameter to the URLs it fetches. */
function withoutRouterQuery(path: string): string {
  const url = new URL(path, "http://site.invalid");
  if (!url.searchParams.has("_rsc")) return path;
  url.searchParams.delete("_rsc");
  return url.pathname + url.search + url.hash;
}
