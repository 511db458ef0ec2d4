import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startNameServer } from "@/testing/stand-ins/name-server";
import { createResolve } from "./system-resolve";

type Say = Parameters<typeof startNameServer>[0];

let folder: string;
let nameServer: Awaited<ReturnType<typeof startNameServer>>;
let say: Say;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vehaas-names-"));
  say = () => ({ fault: "nxdomain" });
  nameServer = await startNameServer((asked) => say(asked));
});
afterEach(async () => {
  await nameServer.close();
  await rm(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);

function resolver() {
  return createResolve({ servers: [nameServer.address], hostsFile: file("hosts"), resolvConf: file("resolv.conf") });
}

const answers =
  (addresses: Record<string, string[]>): Say =>
  ({ name }) =>
    addresses[name] ? { addresses: addresses[name] } : { fault: "nxdomain" };

test("both families are queried, and all addresses are returned", async () => {
  say = answers({ "gitlab.example.com": ["192.0.2.1", "2001:db8::1", "192.0.2.2"] });
  expect(await resolver()("GitLab.example.com")).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
  expect(nameServer.asked.map(({ family }) => family).sort()).toEqual([4, 6]);
});

test("addresses behind an alias are returned", async () => {
  say = () => ({ alias: "lb.example.net", addresses: ["192.0.2.1"] });
  expect(await resolver()("gitlab.example.com")).toEqual(["192.0.2.1"]);
});

test.each(["nxdomain", "servfail", "refused", "notimp"] as const)(
  "one family's %s is ignored if the other has addresses",
  async (fault) => {
    say = ({ family }) => (family === 4 ? { addresses: ["192.0.2.1"] } : { fault });
    expect(await resolver()("gitlab.example.com")).toEqual(["192.0.2.1"]);
    say = ({ family }) => (family === 6 ? { addresses: ["2001:db8::1"] } : { fault });
    expect(await resolver()("gitlab.example.com")).toEqual(["2001:db8::1"]);
  },
);

test("a family that is never answered is ignored if the other has addresses", async () => {
  say = ({ family }) => (family === 4 ? { addresses: ["192.0.2.1"] } : { fault: "silence" });
  expect(await resolver()("gitlab.example.com")).toEqual(["192.0.2.1"]);
});

test("a name that is unknown, has no address, or has only an alias, resolves to nothing", async () => {
  expect(await resolver()("none.example.com")).toEqual([]);
  say = () => ({});
  expect(await resolver()("none.example.com")).toEqual([]);
  say = () => ({ alias: "lb.example.net" });
  expect(await resolver()("none.example.com")).toEqual([]);
});

test.each(["servfail", "refused", "formerr", "notimp"] as const)("%s is an error of the name server", async (fault) => {
  say = () => ({ fault });
  await expect(resolver()("gitlab.example.com")).rejects.toMatchObject({
    code: "provider_unreachable",
    message: expect.stringContaining("name server reports a fault"),
  });
});

test("an absent name server is an error, and one that never answers times out", async () => {
  const away = createResolve({ servers: ["127.0.0.1:1"], hostsFile: file("hosts"), resolvConf: file("resolv.conf") });
  await expect(away("gitlab.example.com")).rejects.toMatchObject({ code: "provider_unreachable" });
  say = () => ({ fault: "silence" });
  await expect(resolver()("gitlab.example.com")).rejects.toMatchObject({
    code: "provider_unreachable",
    message: expect.stringContaining("did not answer in time"),
  });
  // One attempt for each family.
  expect(nameServer.asked).toHaveLength(2);
});

test("a second name server is queried if the first is silent", async () => {
  const silent = await startNameServer(() => ({ fault: "silence" }));
  say = () => ({ addresses: ["192.0.2.1"] });
  const servers = [silent.address, nameServer.address];
  const resolve = createResolve({ servers, hostsFile: file("hosts"), resolvConf: file("resolv.conf") });
  expect(await resolve("gitlab.example.com")).toEqual(["192.0.2.1"]);
  await silent.close();
});

test.each(["servfail", "refused", "notimp"] as const)("a second name server is queried after %s", async (fault) => {
  const faulty = await startNameServer(() => ({ fault }));
  say = answers({ "gitlab.example.com": ["192.0.2.1"] });
  const servers = [faulty.address, nameServer.address];
  const resolve = createResolve({ servers, hostsFile: file("hosts"), resolvConf: file("resolv.conf") });
  expect(await resolve("gitlab.example.com")).toEqual(["192.0.2.1"]);
  expect(await resolve("none.example.com")).toEqual([]);
  await faulty.close();
});

test("an abort cancels the lookup and leaves nothing behind", async () => {
  say = () => ({ fault: "silence" });
  const giveUp = new AbortController();
  const lookups = Promise.allSettled(
    Array.from({ length: 8 }, (_, place) => resolver()(`silent-${place}.example.com`, giveUp.signal)),
  );
  await vi.waitFor(() => expect(nameServer.asked).toHaveLength(16));
  // No lookup waits for libuv's threads.
  expect(process.getActiveResourcesInfo()).not.toContain("GetAddrInfoReqWrap");
  giveUp.abort();
  expect((await lookups).every(({ status }) => status === "rejected")).toBe(true);
  await expect(resolver()("late.example.com", giveUp.signal)).rejects.toThrow(/aborted/);
});

test("addresses beyond the maximum are dropped", async () => {
  say = () => ({ addresses: Array.from({ length: 100 }, (_, place) => `192.0.2.${place}`) });
  expect(await resolver()("gitlab.example.com")).toHaveLength(32);
});

describe("the hosts file", () => {
  test("comes first, with its aliases, and is reread once it has changed", async () => {
    const resolve = resolver();
    say = answers({ gitlab: ["192.0.2.1"] });
    expect(await resolve("gitlab")).toEqual(["192.0.2.1"]);
    await writeFile(file("hosts"), "10.0.0.7 gitlab.example.com GITLAB\nfd00::7 gitlab\n");
    expect(await resolve("GitLab")).toEqual(["10.0.0.7", "fd00::7"]);
    await rm(file("hosts"));
    expect(await resolve("gitlab")).toEqual(["192.0.2.1"]);
  });

  test("is not needed for localhost, for which no name server is queried", async () => {
    say = () => ({ addresses: ["192.0.2.1"] });
    expect(await resolver()("localhost")).toEqual(["127.0.0.1", "::1"]);
    expect(await resolver()("gitlab.localhost")).toEqual(["127.0.0.1", "::1"]);
    await writeFile(file("hosts"), "127.0.0.1 localhost");
    expect(await resolver()("localhost")).toEqual(["127.0.0.1"]);
    expect(nameServer.asked).toEqual([]);
  });
});

describe("the search list", () => {
  beforeEach(() => writeFile(file("resolv.conf"), "search tools.example.com example.com\n"));

  test("completes a short name", async () => {
    say = answers({ "gitlab.example.com": ["192.0.2.1"] });
    expect(await resolver()("gitlab")).toEqual(["192.0.2.1"]);
    expect(new Set(nameServer.asked.map(({ name }) => name))).toEqual(
      new Set(["gitlab.tools.example.com", "gitlab.example.com"]),
    );
  });

  test("continues after a SERVFAIL, like getaddrinfo, and reports it if nothing is found", async () => {
    say = ({ name }) =>
      name === "gitlab.tools.example.com"
        ? { fault: "servfail" }
        : answers({ "gitlab.example.com": ["192.0.2.1"] })({ name, family: 4 });
    expect(await resolver()("gitlab")).toEqual(["192.0.2.1"]);
    say = ({ name }) => ({ fault: name === "gitlab.tools.example.com" ? "servfail" : "nxdomain" });
    await expect(resolver()("gitlab")).rejects.toMatchObject({ code: "provider_unreachable" });
  });

  test("stops at a name server that is silent", async () => {
    say = () => ({ fault: "silence" });
    await expect(resolver()("gitlab")).rejects.toMatchObject({ code: "provider_unreachable" });
    expect(new Set(nameServer.asked.map(({ name }) => name))).toEqual(new Set(["gitlab.tools.example.com"]));
  });
});
