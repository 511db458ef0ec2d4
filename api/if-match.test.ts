import { beforeAll, expect, test } from "vitest";
import { createToken, inDays, type TestToken } from "@/testing/access-tokens";
import { type Answer, ask } from "@/testing/api/ask";
import { operationsOf, readDocument } from "@/testing/api/openapi-document";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { accessesOf, githubBody, gitlabBody, useProviders } from "@/testing/api/version-control";
import { everyRow } from "@/testing/database/database-owner";
import { createTenant, type Tenant } from "@/testing/tenant";

const tokens = "/api/v2.0/access-tokens";
const runners = "/api/v2.0/session-context/runners";
const people = usePeople();
const providers = useProviders();

let base: string;
let tenant: Tenant;
let admin: TestToken;
let runnerId: string;

beforeAll(async () => {
  base = await serveApi();
  tenant = await createTenant();
  await people.link(tenant.group.admin);
  admin = await createToken(tenant.group.admin, tenant.group.scope, { admin: true });
  await send("POST", accessesOf(admin.id), gitlabBody(providers));
  runnerId = String((await register()).body.id);
});

function send(method: string, path: string, body?: unknown, ifMatch?: string): Promise<Answer> {
  return sendWith({ "private-token": admin.secret }, method, path, body, ifMatch);
}

function sendWith(credential: object, method: string, path: string, body?: unknown, ifMatch?: string): Promise<Answer> {
  const headers = {
    ...credential,
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return ask(base, path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

function register(ifMatch?: string): Promise<Answer> {
  return send("POST", runners, { provider_url: providers.gitlab.url, tags: ["bench"] }, ifMatch);
}

async function createAccessToken(ifMatch?: string): Promise<Answer> {
  const authorization = `Bearer ${await people.jwtOf(tenant.group.admin.userId)}`;
  const { instant } = inDays(30);
  const body = { name: "conditional", expires_at: instant.toString(), group_id: tenant.group.id };
  return sendWith({ authorization }, "POST", tokens, body, ifMatch);
}

/** The requests that change something without versions. */
const changes: [string, (ifMatch?: string) => Promise<Answer>][] = [
  ["the creation of a token", createAccessToken],
  ["the addition of an access", (ifMatch) => send("POST", accessesOf(admin.id), githubBody(providers), ifMatch)],
  ["the registration of a runner", register],
  ["the unregistration of a runner", (ifMatch) => send("DELETE", `${runners}/${runnerId}`, undefined, ifMatch)],
];

test.each(changes)("%s is refused if If-Match names a version", async (_what, change) => {
  const before = await everyRow();
  const asked = providers.gitlab.requests.length + providers.github.requests.length;
  for (const ifMatch of ['"x"', '"x", "y"', 'W/"x"', '"*"', '""']) {
    expect(await change(ifMatch), ifMatch).toMatchObject({
      status: 412,
      headers: { "content-type": "application/problem+json" },
      body: {
        code: "precondition_failed",
        detail: "What this changes has no versions: it is done without If-Match, or with If-Match: *.",
      },
    });
  }
  for (const ifMatch of ["", "x", "*, *", '*, "x"', '"x" "y"']) {
    expect(await change(ifMatch), ifMatch).toMatchObject({ status: 400, body: { code: "malformed" } });
  }
  expect(await everyRow()).toEqual(before);
  expect(providers.gitlab.requests.length + providers.github.requests.length).toBe(asked);
  expect((await change("*")).status).toBeLessThan(300);
});

test("authentication and authorization are checked before If-Match", async () => {
  for (const [method, path] of [
    ["POST", runners],
    ["DELETE", `${runners}/${runnerId}`],
    ["POST", accessesOf(admin.id)],
    ["POST", tokens],
  ] as const) {
    const body = method === "POST" ? {} : undefined;
    expect((await sendWith({ "private-token": "bad" }, method, path, body, '"x"')).status).toBe(401);
  }
  expect(await send("POST", tokens, {}, '"x"')).toMatchObject({ status: 403, body: { code: "people_only" } });
  expect((await send("POST", accessesOf("unknown"), {}, '"x"')).status).toBe(404);
  const user = await createToken(tenant.group.admin, tenant.group.scope);
  const credential = { "private-token": user.secret };
  expect((await sendWith(credential, "POST", accessesOf(user.id), {}, '"x"')).status).toBe(403);
});

test("every operation by which a caller changes something describes If-Match and 412", async () => {
  const isByCaller = ({ security }: { security?: readonly unknown[] }) => security?.length !== 0;
  const changing = operationsOf(await readDocument()).filter(
    ({ method, operation }) => method !== "get" && isByCaller(operation),
  );
  expect(changing.length).toBeGreaterThan(10);
  for (const { operation } of changing) {
    const headers = operation.parameters.filter(({ in: place }) => place === "header").map(({ name }) => name);
    expect(headers, operation.operationId).toContain("if-match");
    expect(Object.keys(operation.responses), operation.operationId).toContain("412");
  }
});
