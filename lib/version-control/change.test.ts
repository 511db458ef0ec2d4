import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { versionControlAccesses } from "@/db/schema";
import { seal } from "@/lib/crypto/seal";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { eventsOn } from "@/testing/audit";
import { outcomes, refusal } from "@/testing/refusal";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { credentialSealedAt, type VersionControlAccess } from "./access";
import { addAccess, addAccessInput } from "./add";
import { checkAgain, removeAccess, replaceToken } from "./change";
import { editAccess } from "./edit";
import { getAccess } from "./queries";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let group: Tenant["group"];
let token: TestToken;
let access: VersionControlAccess;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(async () => {
  gitlab.failWith(undefined);
  group = (await createTenant()).group;
  token = await createToken(group.admin, group.scope);
  const input = { providerType: "gitlab", providerUrl: gitlab.url, token: gitlabToken("projectBot") };
  const parsed = addAccessInput.parse({ ...input, tokenScope: "project", targetId: "123" });
  access = await addAccess(group.admin, token.id, parsed);
});

const current = () => getAccess(group.admin, token.id, access.id);

/** Simulates a concurrent replacement after GitLab has accepted its credential. */
async function replaceAside(): Promise<void> {
  const place = credentialSealedAt({ id: access.id, organizationId: token.organizationId });
  const sealedToken = await seal(db, place, gitlabToken("groupBot"));
  await db.update(versionControlAccesses).set({ sealedToken }).where(eq(versionControlAccesses.id, access.id));
}

/** Makes a change while the command waits for GitLab's answer. */
async function meanwhile(work: () => Promise<unknown>, change: () => Promise<void>) {
  const asked = gitlab.requests.length;
  gitlab.failWith("answer_held");
  const ended = refusal(work());
  await expect.poll(() => gitlab.requests.length).toBe(asked + 1);
  await change();
  gitlab.failWith(undefined);
  return ended;
}

const replacement = { token: gitlabToken("serviceAccount"), acceptPersonalToken: false };

test.each([
  ["a replacement", () => replaceToken(group.admin, token.id, access.id, replacement, [access.revision])],
  ["a check", () => checkAgain(group.admin, token.id, access.id, [access.revision])],
])("%s changes nothing if the access is replaced during the check", async (_what, work) => {
  const events = await eventsOn(token.id);
  expect(await meanwhile(work, replaceAside)).toMatchObject({ code: "precondition_failed" });
  const { revision, check, tokenSuffix } = await current();
  expect(revision).not.toBe(access.revision);
  expect({ check, tokenSuffix }).toEqual({ check: access.check, tokenSuffix: access.tokenSuffix });
  expect(await eventsOn(token.id)).toEqual(events);
});

test("a replacement ends in not found if the access is removed during the provider's check", async () => {
  const work = () => replaceToken(group.admin, token.id, access.id, replacement, [access.revision]);
  const removal = () => removeAccess(group.admin, token.id, access.id, [access.revision]);
  expect(await meanwhile(work, removal)).toMatchObject({ code: "not_found" });
});

test("a credential is not sent to an address that is no longer allowed", async () => {
  const providerUrl = "https://10.0.0.1";
  await db.update(versionControlAccesses).set({ providerUrl }).where(eq(versionControlAccesses.id, access.id));
  const replaced = replaceToken(group.admin, token.id, access.id, replacement);
  expect(await refusal(replaced)).toMatchObject({ code: "provider_url_not_allowed" });
});

test("a removal with an outdated revision is refused, and one with the current revision succeeds", async () => {
  await replaceAside();
  const remove = (revision: string) => removeAccess(group.admin, token.id, access.id, [revision]);
  expect(await refusal(remove(access.revision))).toMatchObject({ code: "precondition_failed" });
  await remove((await current()).revision);
  expect(await refusal(current())).toMatchObject({ code: "not_found" });
});

test.each(["", "\0", "vca_0"])("an access %j is not found", async (id) => {
  const attempts = [
    checkAgain(group.admin, token.id, id),
    replaceToken(group.admin, token.id, id, replacement),
    editAccess(group.admin, token.id, id, { allowedTags: [] }),
    removeAccess(group.admin, token.id, id),
  ];
  expect(await outcomes(attempts)).toEqual({ not_found: 4 });
});
