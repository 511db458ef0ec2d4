import { and, eq } from "drizzle-orm";
import { db } from "@/db/client";
import { newId } from "@/db/ids";
import {
  accessTokenSecrets,
  accessTokens,
  accessTokenUses,
  groups,
  memberships,
  organizations,
  refusedExchanges,
  type StoredNetworkUse,
  trustedPipelines,
  users,
  versionControlAccesses,
} from "@/db/schema";
import { revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken } from "@/lib/access-tokens/create";
import { expiration } from "@/lib/access-tokens/expiration";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { keptDays } from "@/lib/access-tokens/uses/write";
import { recordAuditEvent } from "@/lib/audit/record";
import type { Person } from "@/lib/auth/actor";
import { type GroupScope, groupScope } from "@/lib/auth/scope";
import { seal } from "@/lib/crypto/seal";
import { SettingsError, settings } from "@/lib/env";
import { setVariable } from "@/lib/environment-variables/change";
import { addMember } from "@/lib/members/in-group";
import { foldName } from "@/lib/names";
import { readSessionContext } from "@/lib/session-context/context";
import { addTrustedPipeline } from "@/lib/trusted-pipelines/add";
import { addTrustedPipelineInput } from "@/lib/trusted-pipelines/trusted-pipeline";
import { credentialSealedAt, settingsDetail } from "@/lib/version-control/access";
import {
  type ExampleAccess,
  type ExamplePipeline,
  type ExampleToken,
  examplePeople,
  exampleTokens,
  gitlab,
} from "./demo-example";

const admin = "group.admin@example.com";
const missing = `There is no demo to fill: no group “Powertrain” of the “Demo Organization” with ${admin} as its admin. Start the server once with its embedded database, which makes it.`;

type Demo = { scope: GroupScope; organizationId: string; people: Map<string, Person> };
type Token = Awaited<ReturnType<typeof createAccessToken>>["token"];

/**
 * Fills the demo's group with people and access tokens as they look in use, through the commands that pages use. Only
 * instants are moved afterwards; audit events keep their real ones. Adds what is missing: returns how many people and
 * tokens that was.
 */
export async function fillDemo(): Promise<{ people: number; tokens: number }> {
  const demo = await findDemo();
  let people = 0;
  for (const person of examplePeople) people += (await addPerson(demo, person)) ? 1 : 0;
  const existing = await db
    .select({ nameKey: accessTokens.nameKey })
    .from(accessTokens)
    .where(eq(accessTokens.ownerId, demo.scope.groupId));
  const known = new Set(existing.map(({ nameKey }) => nameKey));
  const tokens = exampleTokens.filter(({ name }) => !known.has(foldName(name)));
  for (const token of tokens.toSorted((one, other) => other.created - one.created)) await addToken(demo, token);
  return { people, tokens: tokens.length };
}

async function findDemo(): Promise<Demo> {
  const [found] = await db
    .select({ groupId: groups.id, organizationId: organizations.id, userId: users.id, name: users.name })
    .from(groups)
    .innerJoin(organizations, eq(organizations.id, groups.organizationId))
    .innerJoin(memberships, eq(memberships.groupId, groups.id))
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(organizations.name, "Demo Organization"),
        eq(groups.name, "Powertrain"),
        eq(users.email, admin),
        eq(memberships.role, "group_admin"),
      ),
    );
  if (!found) throw new SettingsError([missing]);
  const { groupId, organizationId, userId, name } = found;
  const people = new Map<string, Person>([[admin, { kind: "person", userId, name }]]);
  return { scope: groupScope(groupId), organizationId, people };
}

/** The organization's membership is written directly, since an invitation has to be accepted by its person. */
async function addPerson(demo: Demo, { name, email, role }: (typeof examplePeople)[number]): Promise<boolean> {
  const { organizationId, scope } = demo;
  const userId = await db.transaction(async (tx) => {
    await tx.insert(users).values({ kind: "person", name, email }).onConflictDoNothing();
    const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email));
    if (!user) throw new Error("the demo's person was not inserted");
    const member = { organizationId, userId: user.id, kind: "person", role: "organization_user" } as const;
    await tx.insert(memberships).values(member).onConflictDoNothing();
    return user.id;
  });
  demo.people.set(email, { kind: "person", userId, name });
  const inGroup = and(eq(memberships.userId, userId), eq(memberships.groupId, scope.groupId));
  if ((await db.$count(memberships, inGroup)) > 0) return false;
  await addMember(personOf(demo, admin), scope, { email, role });
  return true;
}

function personOf({ people }: Demo, email: string): Person {
  const person = people.get(email);
  if (!person) throw new Error(`the demo has no person ${email}`);
  return person;
}

async function addToken(demo: Demo, example: ExampleToken): Promise<void> {
  const { scope } = demo;
  const creator = personOf(demo, example.by ?? admin);
  const { name, description, admin: isAdmin = false } = example;
  const input = { name, description, admin: isAdmin, expiresAt: expirationOf(example) };
  const { token } = await createAccessToken(creator, scope, input);
  for (const [variable, value] of Object.entries(example.variables ?? {})) {
    await setVariable(creator, token.id, { name: variable, value });
  }
  if (example.variables) await readContext(token);
  if (example.access) await addAccess(creator, token, example.access);
  if (example.pipeline) await addPipeline(creator, token, example.pipeline);
  if (example.revoked !== undefined) await revokeAccessToken(creator, token.id);
  await moveInstants(token, example);
  if (example.rotated) await rotateAccessToken(creator, token.id, { oldSecret: "on_first_use" });
}

/** As far ahead as the operator allows; a token that has expired is created for a day, and moved. */
function expirationOf({ expires }: ExampleToken) {
  return expiration.parse(
    daysFromNow(Math.min(Math.max(expires, 1), settings().TOKEN_MAX_LIFETIME_DAYS)).toISOString(),
  );
}

async function readContext(token: Token): Promise<void> {
  const { id: userId, username: name } = token.technicalUser;
  await readSessionContext({ kind: "technical", userId, name, accessTokenId: token.id }, token);
}

/** Written directly, since the command asks the provider. */
async function addAccess(creator: Person, token: Token, access: ExampleAccess): Promise<void> {
  const { failed, expires, ...target } = access;
  const row = { id: newId("vca"), organizationId: token.organizationId };
  const runnerSettings = { allowedTags: ["hil"], runUntagged: false };
  await db.transaction(async (tx) => {
    await tx.insert(versionControlAccesses).values({
      ...row,
      ...target,
      ...runnerSettings,
      accessTokenId: token.id,
      tokenScope: "group",
      sealedToken: await seal(tx, credentialSealedAt(row), "no credential: this is the demo's"),
      tokenSuffix: "demo",
      acceptsPersonalToken: false,
      checkCode: failed?.code,
      checkMessage: failed?.message,
      tokenExpiresAt: expires === undefined ? null : daysFromNow(expires),
    });
    const detail = { provider_url: target.providerUrl, token_scope: "group", target_id: target.targetId };
    await recordAuditEvent(
      tx,
      creator,
      { organizationId: token.organizationId, groupId: token.groupId },
      {
        action: "version_control_access.added",
        subject: token,
        detail: { ...detail, ...settingsDetail(runnerSettings) },
      },
    );
  });
}

/** The refusal is written directly, since an exchange needs an ID token of the provider. */
async function addPipeline(creator: Person, token: Token, example: ExamplePipeline): Promise<void> {
  const { project, projectId, used, refused } = example;
  const target = { ...gitlab, project, projectId };
  const ref = "refs/heads/main";
  const { id } = await addTrustedPipeline(creator, token.id, addTrustedPipelineInput.parse({ ...target, ref }));
  if (used !== undefined) {
    await db
      .update(trustedPipelines)
      .set({ lastUsedAt: daysFromNow(-used) })
      .where(eq(trustedPipelines.id, id));
  }
  if (refused === undefined) return;
  const found = `refs/heads/${refused}`;
  const condition = { ownerId: null, environment: null, protectedOnly: false, mergeRequests: false };
  await db.insert(refusedExchanges).values({
    organizationId: token.organizationId,
    accessTokenId: token.id,
    occurredAt: daysFromNow(-1 / 24),
    job: { project, ref: found, job: "88213", pipeline: "20417" },
    differences: [
      { claim: "ref", expected: ref, found: refused },
      { claim: "ref_protected", expected: "true", found: "false" },
    ],
    allows: { ...target, ref: found, ...condition },
  });
}

async function moveInstants({ id, organizationId }: Token, example: ExampleToken): Promise<void> {
  const { created, expires, used, revoked } = example;
  await db
    .update(accessTokens)
    .set({
      createdAt: daysFromNow(-created),
      ...(expires < 0 && { expiresAt: new Date(dateOf(daysFromNow(expires))) }),
      ...(revoked !== undefined && { revokedAt: daysFromNow(-revoked) }),
      ...(used !== undefined && { lastUsedAt: daysFromNow(-used), lastUsedFrom: networksOf(used) }),
    })
    .where(eq(accessTokens.id, id));
  await db
    .update(accessTokenSecrets)
    .set({ createdAt: daysFromNow(-created), ...(used !== undefined && { lastUsedAt: daysFromNow(-used) }) })
    .where(eq(accessTokenSecrets.accessTokenId, id));
  const uses = usesOf(example).map((counted) => ({ accessTokenId: id, organizationId, ...counted }));
  if (uses.length > 0) await db.insert(accessTokenUses).values(uses).onConflictDoNothing();
}

/** Of networks that are reserved for documentation. */
function networksOf(used: number): StoredNetworkUse[] {
  return [
    { network: "198.51.100.0/24", client: "curl", lastUsedAt: daysFromNow(-used).toISOString() },
    { network: "203.0.113.0/24", client: "python-requests", lastUsedAt: daysFromNow(-used - 0.5).toISOString() },
  ];
}

/** More on weekdays than on weekends, and different for each name. */
function usesOf({ name, created, used }: ExampleToken): { day: string; uses: number }[] {
  if (used === undefined) return [];
  const base = 20 + ((name.length * 7) % 30);
  return Array.from({ length: keptDays }, (_, back) => back)
    .filter((back) => back >= used - 1 && back <= created)
    .map((back) => {
      const date = daysFromNow(-back);
      const isWeekend = date.getUTCDay() % 6 === 0;
      return { day: dateOf(date), uses: isWeekend ? 3 + (back % 4) : base + ((back * 13) % 17) };
    });
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

/** In UTC. */
function dateOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
