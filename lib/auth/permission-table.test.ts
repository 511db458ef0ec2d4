import { globSync, readFileSync } from "node:fs";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { auditEvents, rateLimits } from "@/db/schema";
import { getAccessToken } from "@/lib/access-tokens/queries";
import type { Actor } from "@/lib/auth/actor";
import { DomainError } from "@/lib/errors";
import {
  createPermissionScene,
  groupOf,
  organizationOf,
  type PermissionScene,
} from "@/testing/permissions/permission-scene";
import {
  type ActorName,
  groupTargets,
  organizationTargets,
  persons,
  type Target,
  tokens,
  verdictOf,
} from "@/testing/permissions/permission-table";
import type { Permitted } from "@/testing/permitted/command";
import { groupCommands } from "@/testing/permitted/group-commands";
import { notificationCommands } from "@/testing/permitted/notification-commands";
import { organizationCommands } from "@/testing/permitted/organization-commands";
import { ownTokenQueries, tokenCommands } from "@/testing/permitted/token-commands";
import { refusal } from "@/testing/refusal";
import { from, newAddress } from "@/testing/refusals";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { createTenant } from "@/testing/tenant";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let scene: PermissionScene;
beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab({ subPath: "/gitlab" });
  scene = await createPermissionScene();
});
afterAll(() => gitlab.close());
// These tests deny more than an organization's hourly limit of recorded refusals.
beforeEach(() => db.delete(rateLimits));

type Run = (actor: Actor) => Promise<unknown>;
/** Of commands that were refused, and so have changed nothing: by target and name. */
const refused = new Map<string, Run>();

/** Each command's actual outcome and the table's. A denied command must be in the audit log. */
async function runAll<Place>(who: ActorName, target: Target, commands: Permitted<Place>[], place: Place) {
  const found: Record<string, string> = {};
  for (const { name, act, prepare } of commands) {
    const key = `${target}: ${name}`;
    const isAllowed = verdictOf(who, target, act) === "done";
    const run = (!isAllowed && refused.get(key)) || (await prepare(place));
    if (!isAllowed) refused.set(key, run);
    const address = newAddress();
    found[name] = await from(() => run(scene.actors[who]).then(() => "done", codeOf), address);
    const denied = found[name] === "forbidden" || found[name] === "people_only";
    if (denied && !queries.test(name)) expect(await deniedFrom(address), name).toEqual([scene.actors[who].userId]);
  }
  const expected = Object.fromEntries(commands.map(({ name, act }) => [name, verdictOf(who, target, act)]));
  return { found, expected };
}

const queries =
  /^(get|list|auditFilterNames|auditObjects|overviewOf|consequencesOf|planChangeOfMany|tokensThatDontMeet)/;

/** Actors of the recorded denials. */
function deniedFrom(address: string): Promise<string[]> {
  return vi.waitFor(
    async () => {
      const events = await db
        .select({ actorId: auditEvents.actorId })
        .from(auditEvents)
        .where(and(eq(auditEvents.action, "attempt.denied"), eq(auditEvents.address, address)));
      if (events.length === 0) throw new Error("it was not recorded");
      return events.map(({ actorId }) => actorId);
    },
    { timeout: 5000, interval: 5 },
  );
}

function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  throw error;
}

describe.each([...persons, ...tokens])("%s", (who) => {
  test.each(groupTargets)("in the %s", async (target) => {
    const group = groupOf(scene, target);
    const tenant = target === "foreign group" ? scene.foreign : scene.own;
    const inGroup = await runAll(who, target, groupCommands, { tenant, group });
    expect(inGroup.found).toEqual(inGroup.expected);
    const place = { scope: group.scope, admin: group.admin, gitlabUrl: gitlab.url };
    const onTokens = await runAll(who, target, [...tokenCommands, ...notificationCommands], place);
    expect(onTokens.found).toEqual(onTokens.expected);
  });

  test.each(organizationTargets)("in the %s", async (target) => {
    const tenant = organizationOf(scene, target);
    const inOrganization = await runAll(who, target, organizationCommands, tenant);
    expect(inOrganization.found).toEqual(inOrganization.expected);
    const place = { scope: tenant.organization.scope, admin: tenant.organizationAdmin, gitlabUrl: gitlab.url };
    const onTokens = await runAll(who, target, [...tokenCommands, ...notificationCommands], place);
    expect(onTokens.found).toEqual(onTokens.expected);
  });
});

test.each(tokens)("%s sees its own token, and on a page of its own scope only", async (who) => {
  const actor = scene.actors[who];
  if (actor.kind === "person") throw new Error("a person has no token");
  const { group, otherGroup, organization } = scene.own;
  const isGroups = who.startsWith("group");
  for (const query of Object.values(ownTokenQueries)) await query(actor);
  await getAccessToken(actor, actor.accessTokenId, isGroups ? group.scope : organization.scope);
  const elsewhere = [isGroups ? organization : group, otherGroup, (await createTenant()).group];
  for (const { scope } of elsewhere) {
    expect(await refusal(getAccessToken(actor, actor.accessTokenId, scope))).toMatchObject({ code: "not_found" });
  }
});

/**
 * Covered by other tests: a person's own lists and account, tokens' own functions, and functions without an adapter.
 */
const elsewhere = [
  "listGroups",
  "listOrganizations",
  "getAccount",
  "listSessions",
  "endOtherSessions",
  "changePassword",
  "readSessionContext",
  "registerSessionRunner",
  "unregisterSessionRunner",
  "recordReading",
  "recordAsked",
  "recordRegistered",
  "authorizeCommand",
  "findAccess",
  "getManagedToken",
  "getRotatableToken",
  "findTrustingToken",
  "getTrustingToken",
  "mutatePipelines",
  "mutate",
  "mutateToken",
  "mutateSecrets",
  "mutateOwnToken",
  "assertNoPipeline",
  "recordDeniedAttempt",
  "rightsFrom",
  "isSeenBy",
  "permissionsInGroup",
  "permissionsInOrganization",
];

test("the table contains every command and query", () => {
  const sources = globSync("lib/**/*.ts").filter((file) => !/\.test\.ts$|testing/.test(file));
  const declared = sources.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^export (?:async )?function (\w+)(?:<\w+>)?\(\s*actor: /gm)].map(
      ([, name]) => name ?? "",
    ),
  );
  const all = [...groupCommands, ...organizationCommands, ...tokenCommands, ...notificationCommands];
  const tested = all.map(({ name }) => name);
  expect(declared.filter((name) => !elsewhere.includes(name)).sort()).toEqual(tested.sort());
});
