import { expect, test } from "vitest";
import { networkOf, parseNetwork, readAddress, shownNetworkOf, wideNetworkOf } from "./ip-address";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  [" 192.0.2.7 ", "192.0.2.7"],
  ["203.0.113.51:40000", "203.0.113.51"],
  ["203.0.113.51:", "203.0.113.51"],
  ["[203.0.113.51]:40000", "203.0.113.51"],
  ["2001:db8::5", "2001:db8::5"],
  ["2001:0DB8:0:0::0005", "2001:db8::5"],
  ["[2001:db8::5]", "2001:db8::5"],
  ["[2001:db8::5]:40000", "2001:db8::5"],
  ["fe80::1%eth0", "fe80::1"],
  ["[fe80::1%25eth0]:443", "fe80::1"],
  ["::ffff:192.0.2.2", "192.0.2.2"],
  ["::FFFF:c000:0202", "192.0.2.2"],
  ["0:0:0:0:0:ffff:192.0.2.2", "192.0.2.2"],
  ["[::ffff:192.0.2.2]:8080", "192.0.2.2"],
])("%j is the address %s", (text, address) => {
  expect(readAddress(text)).toBe(address);
});

test.each([
  undefined,
  "",
  "unknown",
  "_hidden",
  "localhost",
  "example.com:80",
  "192.0.2",
  "192.0.2.256",
  "192.000.002.007x",
  "0xc0000207",
  "3221225991",
  "192.0.2.7:port",
  "192.0.2.7:123456",
  "192.0.2.7/32",
  "1:2:3:4:5:6:7:8:9",
  "[2001:db8::5",
  "2001:db8::5]:80",
  "[]:80",
  "192.0.2.7%eth0%eth1",
  "a".repeat(12_000),
  "192.0.2.7\n192.0.2.8",
])("%j is not an address", (text) => {
  expect(readAddress(text)).toBeUndefined();
});

test.each([
  ["192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.0/24"],
  ["::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.0/24"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8:1::/48"],
  ["2001:0DB8:0001:0002:ffff::1", "2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8:1::/48"],
  ["::1", "::/64", "::/48", "::/48"],
  ["no address", "unknown", "unknown", null],
  [null, "unknown", "unknown", null],
])("%s is counted as %s, for guesses as %s, and shown as %s", (address, network, wide, shown) => {
  expect([networkOf(address), wideNetworkOf(address), shownNetworkOf(address)]).toEqual([network, wide, shown]);
});

test.each([
  ["10.0.0.0/8", "10.0.0.0", 8],
  ["10.0.0.1", "10.0.0.1", 32],
  ["fd00::/8", "fd00::", 8],
  ["::1", "::1", 128],
  ["::ffff:10.0.0.0/104", "10.0.0.0", 8],
])("%s is a network", (text, first, bits) => {
  const [address, length] = parseNetwork(text) ?? [];
  expect([address?.toString(), length]).toEqual([first, bits]);
});

test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "::ffff:10.0.0.0/95", "example.com", "/8", ""])(
  "%j is not a network",
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);
