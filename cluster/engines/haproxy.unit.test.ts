import { expect, test } from "vitest";
import { haproxyConfig } from "./haproxy";

const nodes = [
  { name: "node1", address: "127.0.0.1:5001", apiPort: 8001 },
  { name: "node2", address: "127.0.0.1:5002", apiPort: 8002 },
];

test("the document's configuration of haproxy fits this machine's addresses, and nothing of its own is left", () => {
  const config = haproxyConfig(nodes, { database: 5000, site: 443, instances: [3001, 3002] });
  expect(config.match(/^ +(bind|server) .*$/gm)).toEqual([
    "    bind 127.0.0.1:5000",
    "    server node1 127.0.0.1:5001 check port 8001",
    "    server node2 127.0.0.1:5002 check port 8002",
    "    bind 127.0.0.1:443",
    "    server app1 127.0.0.1:3001 check",
    "    server app2 127.0.0.1:3002 check",
  ]);
  expect(config).not.toMatch(/10\.0\.0\.|\.pem/);
  expect(config).toContain("on-marked-down shutdown-sessions");
});

test("a document with another number of servers is refused", () => {
  expect(() => haproxyConfig(nodes, { database: 5000, site: 443, instances: [3001] })).toThrow("2 matches");
});
