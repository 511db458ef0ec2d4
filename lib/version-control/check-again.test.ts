import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { db } from "@/db/client";
import { versionControlAccesses } from "@/db/schema";
import { seal } from "@/lib/crypto/seal";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { refusal } from "@/testing/refusal";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { credentialSealedAt } from "./access";
import { addAccess, addAccessInput } from "./add";
import { checkAgain, removeAccess } from "./change";
import { listAccesses } from "./queries";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let group: Tenant["group"];
let token: TestToken;
let accessId: string;

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
  accessId = (await addAccess(group.admin, group.scope, token.id, parsed)).id;
});

/** What replacing does once GitLab has accepted the credential: here, its answer would be held as the check's is. */
async function store(kind: Parameters<typeof gitlabToken>[0]): Promise<void> {
  const place = credentialSealedAt({ id: accessId, organizationId: token.organizationId });
  const sealedToken = await seal(db, place, gitlabToken(kind));
  await db.update(versionControlAccesses).set({ sealedToken }).where(eq(versionControlAccesses.id, accessId));
}

/** Checks a credential that GitLab refuses, and lets this happen between its answer and our record. */
async function checkMeanwhile(change: () => Promise<void>) {
  await store("revoked");
  const asked = gitlab.requests.length;
  gitlab.failWith("answer_held");
  const checked = Promise.allSettled([checkAgain(group.admin, group.scope, token.id, accessId)]);
  await expect.poll(() => gitlab.requests.length).toBe(asked + 1);
  await change();
  gitlab.failWith(undefined);
  const [ended] = await checked;
  return ended.status === "fulfilled" ? ended.value : refusal(Promise.reject(ended.reason));
}

test("what a check finds of a credential that is still the stored one is recorded", async () => {
  const access = await checkMeanwhile(async () => {});
  expect(access).toMatchObject({ check: { status: "failed", code: "credential_rejected" } });
  expect(await listAccesses(group.admin, group.scope, token.id)).toEqual([access]);
});

test("what a check finds of a credential that was replaced meanwhile is dropped", async () => {
  const access = await checkMeanwhile(() => store("groupBot"));
  expect(access).toMatchObject({ id: accessId, check: { status: "ok" } });
  expect(await listAccesses(group.admin, group.scope, token.id)).toEqual([access]);
});

test("a check of an access that is removed meanwhile ends in not found", async () => {
  const removal = () => removeAccess(group.admin, group.scope, token.id, accessId);
  expect(await checkMeanwhile(removal)).toMatchObject({ code: "not_found" });
});
