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
  accessId = (await addAccess(group.admin, token.id, parsed)).id;
});

/** Simulates a replacement that GitLab has accepted; a real one would wait for the held answer like the check. */
async function store(kind: Parameters<typeof gitlabToken>[0]): Promise<void> {
  const place = credentialSealedAt({ id: accessId, organizationId: token.organizationId });
  const sealedToken = await seal(db, place, gitlabToken(kind));
  await db.update(versionControlAccesses).set({ sealedToken }).where(eq(versionControlAccesses.id, accessId));
}

/** Checks a credential that GitLab refuses, and makes a change between its answer and our record. */
async function checkMeanwhile(change: () => Promise<void>) {
  await store("revoked");
  const asked = gitlab.requests.length;
  gitlab.failWith("answer_held");
  const checked = Promise.allSettled([checkAgain(group.admin, token.id, accessId)]);
  await expect.poll(() => gitlab.requests.length).toBe(asked + 1);
  await change();
  gitlab.failWith(undefined);
  const [ended] = await checked;
  return ended.status === "fulfilled" ? ended.value : refusal(Promise.reject(ended.reason));
}

test("a check's outcome is stored if the credential is unchanged", async () => {
  const access = await checkMeanwhile(async () => {});
  expect(access).toMatchObject({ check: { status: "failed", code: "credential_rejected" } });
  expect(await listAccesses(group.admin, token.id)).toEqual([access]);
});

test("a check's outcome is dropped if the credential was replaced meanwhile", async () => {
  const access = await checkMeanwhile(() => store("groupBot"));
  expect(access).toMatchObject({ id: accessId, check: { status: "ok" } });
  expect(await listAccesses(group.admin, token.id)).toEqual([access]);
});

test("a check ends in not found if the access is removed meanwhile", async () => {
  const removal = () => removeAccess(group.admin, token.id, accessId);
  expect(await checkMeanwhile(removal)).toMatchObject({ code: "not_found" });
});
