import { getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { startNameServer } from "@/testing/stand-ins/name-server";
import { startStandIn } from "@/testing/stand-ins/server";
import { resolveNamesOfFetch } from "./global-names";
import { createResolve } from "./system-resolve";

test("fetch queries the name servers itself, without libuv's threads", async () => {
  const nameServer = await startNameServer(({ name }) =>
    name === "issuer.test" ? { addresses: ["127.0.0.1"] } : { fault: "silence" },
  );
  const issuer = await startStandIn(() => ({ status: 200, body: { fine: true } }));
  const before = getGlobalDispatcher();
  onTestFinished(async () => {
    setGlobalDispatcher(before);
    await Promise.all([nameServer.close(), issuer.close()]);
  });
  const source = { hostsFile: "/none", resolvConf: "/none" };
  resolveNamesOfFetch(createResolve({ ...source, servers: [nameServer.address] }));

  const silent = Array.from({ length: 4 }, (_, place) => fetch(`http://silent-${place}.test/`).catch((error) => error));
  await expect.poll(() => nameServer.asked.length).toBe(8);
  expect(process.getActiveResourcesInfo()).not.toContain("GetAddrInfoReqWrap");
  const answer = await fetch(`http://issuer.test:${issuer.port}/`);
  expect(await answer.json()).toEqual({ fine: true });
  for (const error of await Promise.all(silent)) {
    expect(error.cause).toMatchObject({ message: expect.stringContaining("did not answer in time") });
  }
});
