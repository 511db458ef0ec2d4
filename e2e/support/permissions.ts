import { createToken } from "@/lib/testing/access-tokens";
import { createPermissionScene, groupOf, organizationOf, type PermissionScene } from "@/lib/testing/permission-scene";
import {
  type Act,
  groupTargets,
  organizationTargets,
  type PersonName,
  persons,
  type Target,
  type Verdict,
  verdictOf,
} from "@/lib/testing/permission-table";
import { test as base } from "./test";

export { expect } from "./test";
export { persons };

type Visit = { path: string; status: number };

type Fixtures = {
  scene: PermissionScene;
  /** Gives the browser a session of the scene's person, and answers each page with the status that the table says. */
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
      return [{ path: "/groups", status: 200 }, ...(await visits(scene, who))];
    });
  },
});

const tokenPages: [string, Act][] = [
  ["/access-tokens", "see the tokens"],
  ["/access-tokens/{token}", "see a token"],
  ["/access-tokens/{token}/environment-variables", "see a token"],
  ["/audit-log", "see the audit log"],
];
const groupPages: [string, Act][] = [["", "see"], ...tokenPages];
const organizationPages: [string, Act][] = [["", "see"], ["/members", "see"], ...tokenPages];

async function visits(scene: PermissionScene, who: PersonName): Promise<Visit[]> {
  const found: Visit[] = [];
  const add = (target: Target, base: string, tokenId: string, pages: [string, Act][]) => {
    for (const [page, act] of pages) {
      const path = `${base}${page.replace("{token}", tokenId)}`;
      found.push({ path, status: statusOf[verdictOf(who, target, act)] });
    }
  };
  for (const target of groupTargets) {
    const { id, admin, scope } = groupOf(scene, target);
    add(target, `/groups/${id}`, (await createToken(admin, scope)).id, groupPages);
  }
  for (const target of organizationTargets) {
    const { organization, organizationAdmin } = organizationOf(scene, target);
    const token = await createToken(organizationAdmin, organization.scope);
    add(target, `/organizations/${organization.id}`, token.id, organizationPages);
  }
  return found;
}

const statusOf: Record<Verdict, number> = { done: 200, forbidden: 403, people_only: 403, not_found: 404 };
