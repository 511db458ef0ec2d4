/** The paths of the pages and routes of app/, and Next's own files. */
export const pageRoutes: readonly string[] = [
  "/",
  "/account",
  "/api/auth/callback/oidc",
  "/groups",
  "/groups/{groupId}",
  "/groups/{groupId}/access-tokens",
  "/groups/{groupId}/access-tokens/{tokenId}",
  "/groups/{groupId}/access-tokens/{tokenId}/activity",
  "/groups/{groupId}/access-tokens/{tokenId}/consequences",
  "/groups/{groupId}/access-tokens/{tokenId}/environment-variables",
  "/groups/{groupId}/access-tokens/{tokenId}/trusted-pipelines",
  "/groups/{groupId}/access-tokens/{tokenId}/trusted-pipelines/project",
  "/groups/{groupId}/audit-log",
  "/groups/{groupId}/audit-log/export",
  "/groups/{groupId}/settings",
  "/invitations/{secret}",
  "/organizations/{organizationId}",
  "/organizations/{organizationId}/access-tokens",
  "/organizations/{organizationId}/access-tokens/{tokenId}",
  "/organizations/{organizationId}/access-tokens/{tokenId}/activity",
  "/organizations/{organizationId}/access-tokens/{tokenId}/consequences",
  "/organizations/{organizationId}/access-tokens/{tokenId}/environment-variables",
  "/organizations/{organizationId}/access-tokens/{tokenId}/trusted-pipelines",
  "/organizations/{organizationId}/access-tokens/{tokenId}/trusted-pipelines/project",
  "/organizations/{organizationId}/audit-log",
  "/organizations/{organizationId}/audit-log/export",
  "/organizations/{organizationId}/members",
  "/organizations/{organizationId}/settings",
  "/sign-in",
  "/_next/static/{file}",
];

type Step = { route?: string; next: Map<string, Step> };

/** Any text, as a part of a path. */
const any = "{}";
const first = treeOf(pageRoutes);

/**
 * The pattern of a page's path, for metrics and traces: one of few, without an id or a secret. Undefined if there is no
 * such page.
 */
export function pageRoute(url = ""): string | undefined {
  const path = url.split("?", 1)[0] ?? "";
  if (path.startsWith("/_next/static/")) return "/_next/static/{file}";
  if (!path.startsWith("/")) return undefined;
  let step: Step | undefined = first;
  for (const part of path.slice(1).split("/")) {
    step = step.next.get(part) ?? (part ? step.next.get(any) : undefined);
    if (!step) return undefined;
  }
  return step.route;
}

function treeOf(routes: readonly string[]): Step {
  const root: Step = { next: new Map() };
  for (const route of routes) {
    let step = root;
    for (const part of route.slice(1).split("/")) {
      const key = part.startsWith("{") ? any : part;
      const next = step.next.get(key) ?? { next: new Map() };
      step.next.set(key, next);
      step = next;
    }
    step.route = route;
  }
  return root;
}
