import { globSync } from "node:fs";
import { createToken } from "@/testing/access-tokens";
import {
  createPermissionScene,
  groupOf,
  organizationOf,
  type PermissionScene,
} from "@/testing/permissions/permission-scene";
import {
  type Act,
  groupTargets,
  organizationTargets,
  type PersonName,
  persons,
  type Target,
  type Verdict,
  verdictOf,
} from "@/testing/permissions/permission-table";
import { test as base } from "./test";

export { expect } from "./test";
export { persons };

type Method = "GET" | "POST";
type Visit = { path: string; method: Method; status: number };
/** A path below a group or an organization, and its act in the permission table. */
type Place = { at: string; act: Act; method?: Method; query?: string };

type Fixtures = {
  scene: PermissionScene;
  /** Signs the browser in as the scene's person; returns every visited path with the status that the permission table gives. */
  visitsOf: (who: PersonName) => Promise<Visit[]>;
};

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
  scene: async ({}, use) => use(await createPermissionScene()),
  visitsOf: async ({ scene, signInAs }, use) => {
    await use(async (who) => {
      const actor = scene.actors[who];
      if (actor.kind !== "person") throw new Error(`${who} has no browser`);
      await signInAs(actor);
      return [{ path: "/groups", method: "GET", status: 200 }, ...(await visits(scene, who))];
    });
  },
});

const inBoth: Place[] = [
  { at: "", act: "see" },
  { at: "/access-tokens", act: "see the tokens" },
  { at: "/access-tokens/[tokenId]", act: "see a token" },
  { at: "/access-tokens/[tokenId]/environment-variables", act: "see a token" },
  { at: "/access-tokens/[tokenId]/trusted-pipelines", act: "see a token" },
  {
    at: "/access-tokens/[tokenId]/trusted-pipelines/project",
    act: "see a token",
    query: `?${new URLSearchParams({ providerType: "gitlab", providerUrl: "https://10.0.0.1", project: "a/b" })}`,
  },
  { at: "/access-tokens/[tokenId]/activity", act: "see a token" },
  { at: "/access-tokens/[tokenId]/consequences", act: "see a token" },
  { at: "/audit-log", act: "see the audit log" },
  { at: "/audit-log/export", act: "see the audit log", method: "POST", query: "?format=csv" },
  { at: "/settings", act: "change the settings" },
];
const inGroup = inBoth;
const inOrganization: Place[] = [...inBoth, { at: "/members", act: "see" }];

/** The visited paths, in the form of the app's folders. */
export const visited = [
  "/groups",
  ...inGroup.map(({ at }) => `/groups/[groupId]${at}`),
  ...inOrganization.map(({ at }) => `/organizations/[organizationId]${at}`),
];

export function declared(): string[] {
  const files = globSync("app/{groups,organizations}/**/{page.tsx,route.ts}");
  return files.map((file) => file.replace(/^app|\/[^/]+$/g, ""));
}

async function visits(scene: PermissionScene, who: PersonName): Promise<Visit[]> {
  const found: Visit[] = [];
  const add = (target: Target, base: string, tokenId: string, places: Place[]) => {
    for (const { at, act, method = "GET", query = "" } of places) {
      const path = `${base}${at.replace("[tokenId]", tokenId)}${query}`;
      found.push({ path, method, status: statusOf[verdictOf(who, target, act)] });
    }
  };
  for (const target of groupTargets) {
    const { id, admin, scope } = groupOf(scene, target);
    add(target, `/groups/${id}`, (await createToken(admin, scope)).id, inGroup);
  }
  for (const target of organizationTargets) {
    const { organization, organizationAdmin } = organizationOf(scene, target);
    const token = await createToken(organizationAdmin, organization.scope);
    add(target, `/organizations/${organization.id}`, token.id, inOrganization);
  }
  return found;
}

const statusOf: Record<Verdict, number> = { done: 200, forbidden: 403, people_only: 403, not_found: 404 };
