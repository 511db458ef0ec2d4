import { beforeAll, expect, test, vi } from "vitest";
import { type AwayStandby, startAwayStandby } from "@/testing/database/away-standby";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let standby: AwayStandby;
beforeAll(async () => {
  standby = await startAwayStandby();
  return standby.close;
});

test("a revocation and its retry are 503 until a standby has confirmed the commit", async () => {
  // Imported here, since these modules read the environment.
  const { serveApi } = await import("@/testing/api/server");
  const { askAs } = await import("@/testing/api/ask");
  const { createTenant } = await import("@/testing/tenant");
  const { createToken } = await import("@/testing/access-tokens");
  const { group } = await createTenant();
  const admin = await createToken(group.admin, group.scope, { admin: true });
  const token = await createToken(group.admin, group.scope);
  const base = await serveApi();
  const revoke = () => askAs(base, admin.secret, "POST", `/api/v2.0/access-tokens/${token.id}/revoke`);
  for (const _try of ["first", "second"]) {
    const { status, headers, body } = await standby.withCancelledCommits(revoke);
    expect([status, body.code, headers["retry-after"]]).toEqual([503, "unavailable", "5"]);
  }
  // The revocation is committed on the primary, though a failover could lose it.
  expect((await askAs(base, token.secret, "GET", "/api/v2.0/access-tokens/self")).status).toBe(401);
  expect((await revoke()).status).toBe(200);
});
