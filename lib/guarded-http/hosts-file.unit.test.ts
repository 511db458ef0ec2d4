import { expect, test } from "vitest";
import { parseHosts } from "./hosts-file";

test("parseHosts reads names and aliases of both families, in any case, from several lines", () => {
  const hosts = parseHosts(
    "\uFEFF# local\r\n127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # loopback\n10.0.0.7   GitLab.Example.com.  gitlab git\n10.0.0.8 gitlab\n10.0.0.8 gitlab\n",
  );
  expect(hosts.get("localhost")).toEqual(["127.0.0.1", "::1"]);
  expect(hosts.get("ip6-localhost")).toEqual(["::1"]);
  expect(hosts.get("gitlab.example.com")).toEqual(["10.0.0.7"]);
  expect(hosts.get("gitlab")).toEqual(["10.0.0.7", "10.0.0.8"]);
  expect(hosts.get("git")).toEqual(["10.0.0.7"]);
});

test("parseHosts ignores malformed lines", () => {
  const hosts = parseHosts(
    "fe80::1%lo0 localhost\n#127.0.0.1 gone\n127.1 short\n10.0.0.7\n\nwords only\n300.0.0.1 wrong",
  );
  expect([...hosts]).toEqual([]);
});
