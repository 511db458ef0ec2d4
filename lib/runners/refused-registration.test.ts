import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Person, TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken } from "@/testing/access-tokens";
import { outcomes, refusal } from "@/testing/refusal";
import { from, newAddress, recorded, refusalsIn } from "@/testing/refusals";
import { startGitlab } from "@/testing/stand-ins/gitlab";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";
import { registerSessionRunner } from "./register";

const action = "runner.registration_refused";

let gitlab: Awaited<ReturnType<typeof startGitlab>>;
let tenant: Tenant;

beforeAll(async () => {
  vi.stubEnv("PROVIDER_ALLOWLIST", "127.0.0.1");
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(async () => {
  gitlab.failWith(undefined);
  gitlab.state.registrationEnabled = true;
  tenant = await createTenant();
});

async function tokenWithAccess(admin: Person, scope: Scope) {
  const token = await createToken(admin, scope);
  const target = { tokenScope: "project", targetId: "123", token: gitlabToken("projectBot") };
  const input = addAccessInput.parse({ providerType: "gitlab", providerUrl: gitlab.url, ...target });
  await addAccess(admin, token.id, input);
  return token;
}

function register(actor: TechnicalUser, address = newAddress(), providerUrl = gitlab.url) {
  return from(() => registerSessionRunner(actor, { providerUrl, tags: ["bench"] }), address);
}

test("a provider's refusal is in the log of the token's group or organization, without the credential", async () => {
  const { group, organization, organizationAdmin } = tenant;
  const places = [
    { owner: group, token: await tokenWithAccess(group.admin, group.scope) },
    { owner: organization, token: await tokenWithAccess(organizationAdmin, organization.scope) },
  ].map(({ owner, token }) => ({ ownerId: owner.id, token }));
  gitlab.state.registrationEnabled = false;
  for (const { ownerId, token } of places) {
    const { code } = await refusal(register(token.actor, "192.0.2.3"));
    const [event] = await recorded(ownerId, action, 1);
    expect(event).toMatchObject({
      actorId: token.actor.userId,
      actorKind: "technical",
      accessTokenId: token.id,
      subjectId: token.id,
      subjectName: token.name,
      detail: { code, provider_url: gitlab.url },
      address: "192.0.2.3",
    });
    expect(JSON.stringify(event)).not.toContain(gitlabToken("projectBot"));
  }
});

test("the same refusal is recorded once in ten minutes, separately for each reason and network", async () => {
  const { group } = tenant;
  const { actor } = await tokenWithAccess(group.admin, group.scope);
  gitlab.failWith("error");
  for (let time = 0; time < 3; time++) await refusal(register(actor, "192.0.2.4"));
  await recorded(group.id, action, 1);
  await refusal(register(actor, "192.0.2.5"));
  await recorded(group.id, action, 2);
  gitlab.failWith("rate_limited");
  await refusal(register(actor, "192.0.2.4"));
  await recorded(group.id, action, 3);
});

test("URLs without an access count as one, and an invalid URL is not recorded", async () => {
  const { group } = tenant;
  const { actor } = await createToken(group.admin, group.scope);
  for (let number = 0; number < 5; number++) {
    await refusal(register(actor, "192.0.2.6", `https://gitlab-${number}.example.com`));
    await refusal(register(actor, "192.0.2.6", `https://user:password-${number}@gitlab.example.com`));
  }
  const events = await recorded(group.id, action, 2);
  expect(events.map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([{ code: "not_found", provider_url: "https://gitlab-0.example.com" }, { code: "invalid" }]),
  );
});

test("an organization has a hundred of them per hour", async () => {
  const { group } = tenant;
  const { actor } = await createToken(group.admin, group.scope);
  await vi.waitFor(
    async () => {
      expect(await outcomes(Array.from({ length: 4 }, () => register(actor)))).toEqual({ not_found: 4 });
      expect((await refusalsIn(group.id, action)).some(({ detail }) => detail.further_not_recorded_until)).toBe(true);
    },
    { timeout: 15_000, interval: 1 },
  );
  await refusal(register(actor));
  await vi.waitFor(async () => expect(await refusalsIn(group.id, action)).toHaveLength(100));
}, 30_000);
