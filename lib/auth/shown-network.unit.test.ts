import { expect, test } from "vitest";
import { shownNetwork } from "./shown-network";

test.each([
  ["192.0.2.7", "192.0.2.0/24"],
  ["::ffff:192.0.2.7", "192.0.2.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["unknown", null],
  ["", null],
  [null, null],
])("of %s is shown %s", (address, network) => {
  expect(shownNetwork(address)).toBe(network);
});
