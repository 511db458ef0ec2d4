import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { createToken, type TestToken } from "@/testing/access-tokens";
import { type Answer, askAs } from "@/testing/api/ask";
import { startInstance } from "@/testing/api/start-instance";
import { accessesOf, githubBody, useProviders } from "@/testing/api/version-control";
import { refusalsIn } from "@/testing/refusals";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant, type Tenant } from "@/testing/tenant";

const runners = "/api/v2.0/session-context/runners";
const refused = "runner.registration_refused";

const providers = useProviders();

type Scene = { tenant: Tenant; token: TestToken; accessId: string };

let instances: [string, string];
let scene: Scene;

beforeAll(async () => {
  instances = await Promise.all([startInstance(), startInstance()]);
});
beforeEach(async () => {
  scene = await createScene();
  providers.gitlab.requests.splice(0);
  providers.gitlab.exchanges.splice(0);
});

async function createScene(): Promise<Scene> {
  const tenant = await createTenant();
  const { admin, scope } = tenant.group;
  const token = await createToken(admin, scope);
  const target = { tokenScope: "project", targetId: "123", token: gitlabToken("projectBot") };
  const input = addAccessInput.parse({ providerType: "gitlab", providerUrl: providers.gitlab.url, ...target });
  return { tenant, token, accessId: (await addAccess(admin, token.id, input)).id };
}

let turn = 0;
/** Registers at the two instances in turn. */
function register(body: object = {}, { secret } = scene.token): Promise<Answer> {
  turn += 1;
  return askAs(instances[turn % 2] ?? "", secret, "POST", runners, {
    provider_url: providers.gitlab.url,
    tags: ["bench"],
    ...body,
  });
}

/** The answers of this many requests, sixteen at a time. */
async function repeat(times: number, request: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < times) answers.push(...(await Promise.all(Array.from({ length: 16 }, () => request()))));
  return answers;
}

const calls = () => providers.gitlab.exchanges.filter(({ path }) => path.endsWith("/user/runners")).length;
const codes = (answers: Answer[]) => new Set(answers.map(({ body }) => body.code));

function expectLimited({ status, headers, body }: Answer) {
  expect(status).toBe(429);
  expect(body).toMatchObject({ code: "rate_limited" });
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
}

test("240 refused registrations on two instances make at most 30 calls to GitLab and four events", async () => {
  providers.gitlab.state.registrationEnabled = false;
  const answers = await repeat(240, register);
  const limited = answers.filter(({ status }) => status === 429);
  limited.forEach(expectLimited);
  expect(limited.length).toBeGreaterThanOrEqual(210);
  // On a slow machine a second minute may have begun.
  expect(calls()).toBeGreaterThan(0);
  expect(calls()).toBeLessThanOrEqual(answers.length - limited.length);
  expect(answers.length - limited.length).toBeLessThanOrEqual(30);

  // Each instance records the same refusal once.
  const events = await vi.waitFor(
    async () => {
      const found = await refusalsIn(scene.tenant.group.id, refused);
      expect(new Set(found.map(({ detail }) => detail.code)).size).toBe(2);
      return found;
    },
    { timeout: 10_000 },
  );
  expect(events.length).toBeLessThanOrEqual(4);
  for (const event of events) {
    expect(event).toMatchObject({
      actorId: scene.token.actor.userId,
      accessTokenId: scene.token.id,
      subjectId: scene.token.id,
      detail: { provider_url: providers.gitlab.url },
    });
    expect(JSON.stringify(event)).not.toContain(gitlabToken("projectBot"));
  }
}, 60_000);

test("refusals that need no provider don't count against the limit, and refused registrations are recorded", async () => {
  const unknown = () => register({ provider_url: "https://gitlab.example.com" });
  const unfit = () => register({ provider_url: "https://user@gitlab.example.com" });
  expect(codes(await repeat(32, unknown))).toEqual(new Set(["not_found"]));
  expect(codes(await repeat(32, unfit))).toEqual(new Set(["invalid"]));
  expect(await register()).toMatchObject({ status: 201 });
  const events = await vi.waitFor(
    async () => {
      const found = await refusalsIn(scene.tenant.group.id, refused);
      expect(found).toHaveLength(4);
      return found;
    },
    { timeout: 10_000 },
  );
  const details = events.map(({ detail }) => detail);
  expect(details).toContainEqual({ code: "not_found", provider_url: "https://gitlab.example.com" });
  expect(details).toContainEqual({ code: "invalid" });
});

test("an organization gets two registrations at a time across two instances, and another organization's succeeds", async () => {
  providers.gitlab.failWith("answer_held");
  const answers = Array.from({ length: 6 }, () => register());
  await vi.waitFor(() => expect(calls()).toBe(2), { timeout: 10_000 });
  const elsewhere = await createElsewhere();
  expect((await elsewhere()).status).toBe(201);

  // The waiting ones are refused after a few seconds, before GitLab is called or anything is stored.
  const firstFour: Answer[] = [];
  const rest = new Map(answers.map((answer, place) => [place, answer.then((ended) => ({ place, ended }))]));
  while (firstFour.length < 4) {
    const { place, ended } = await Promise.race(rest.values());
    rest.delete(place);
    firstFour.push(ended);
  }
  firstFour.forEach(expectLimited);
  expect(calls()).toBe(2);
  providers.gitlab.failWith(undefined);
  const done = await Promise.all(rest.values());
  expect(done.map(({ ended }) => ended.status)).toEqual([201, 201]);
  expect(providers.gitlab.runners.size).toBe(2);
  await vi.waitFor(async () => {
    expect((await refusalsIn(scene.tenant.group.id, refused))[0]?.detail).toMatchObject({ code: "rate_limited" });
  });
}, 40_000);

/** Registers with an access of another organization. */
async function createElsewhere() {
  const { group } = await createTenant();
  const admin = await createToken(group.admin, group.scope, { admin: true });
  return () => askAs(instances[0], admin.secret, "POST", accessesOf(admin.id), githubBody(providers));
}

test("checks and replacements share the limit of registrations, and a refused one changes nothing", async () => {
  const { tenant, accessId } = scene;
  const { admin, scope } = tenant.group;
  const manager = await createToken(admin, scope, { admin: true });
  const address = `${accessesOf(scene.token.id)}/${accessId}`;
  const check = () => askAs(instances[0], manager.secret, "POST", `${address}/check`);
  const replace = () =>
    askAs(instances[1], manager.secret, "PUT", `${address}/token`, { token: gitlabToken("projectBot") });
  for (let round = 0; round < 15; round++) {
    expect((await check()).status).toBe(200);
    expect((await replace()).status).toBe(200);
  }
  const before = await askAs(instances[0], manager.secret, "GET", address);
  expectLimited(await check());
  expectLimited(await replace());
  expectLimited(await askAs(instances[0], manager.secret, "POST", accessesOf(scene.token.id), githubBody(providers)));
  expect((await askAs(instances[0], manager.secret, "GET", address)).text).toBe(before.text);
  // Another caller of the same organization has its own limit.
  expect((await register()).status).toBe(201);
}, 60_000);
