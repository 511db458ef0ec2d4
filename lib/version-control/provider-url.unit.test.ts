import { expect, test } from "vitest";
import { DomainError } from "@/lib/errors";
import { parseAllowlist } from "@/lib/network/allowlist";
import { parseProviderUrl } from "./provider-url";

function refusalOf(url: string, allowlist = ""): { code: string; field: string | undefined } {
  try {
    return { code: parseProviderUrl(url, parseAllowlist(allowlist)), field: undefined };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { code: error.code, field: error.errors[0]?.field };
  }
}

test.each([
  ["https://GitLab.COM/", "https://gitlab.com"],
  ["HTTPS://gitlab.com:443", "https://gitlab.com"],
  ["https://gitlab.example.com:8443/gitlab/", "https://gitlab.example.com:8443/gitlab"],
  ["https://gitlab.example.com/Git/lab//", "https://gitlab.example.com/Git/lab"],
  ["https://gitlab.com./", "https://gitlab.com"],
  ["https://gitlab.com.:8443/a", "https://gitlab.com:8443/a"],
  ["https://gitlab.xn--mller-kva.example/", "https://gitlab.xn--mller-kva.example"],
  ["https://0x5db8d822/", "https://93.184.216.34"],
  ["https://[2606:2800:0220:1:248:1893:25c8:1946]/", "https://[2606:2800:220:1:248:1893:25c8:1946]"],
  ["https://[64:ff9b::5db8:d822]", "https://[64:ff9b::5db8:d822]"],
])("%s is normalized to %s", (given, spelled) => {
  expect(parseProviderUrl(given, [])).toBe(spelled);
  expect(parseProviderUrl(spelled, [])).toBe(spelled);
});

test.each([
  "",
  "gitlab.com",
  "/etc/passwd",
  "ftp://gitlab.com",
  "file:///etc/passwd",
  "https:/gitlab.com",
  "https:gitlab.com",
  "https://",
  "https:///gitlab.com",
  "https://?x",
  "https:\\\\gitlab.com",
  "https://gitlab.com\\@evil.example",
  "https://gitlab.com/\u0000",
  "https://gitlab.com/\tx",
  " https://gitlab.com",
  "https://user@gitlab.com",
  "https://user:pass@gitlab.com",
  "https://gitlab.com?x=1",
  "https://gitlab.com/#x",
  "https://gitlab.com/?",
  "https://%67itlab.com",
  "https://gіtlab.com",
  "https://gitlab。com",
  "https://gitlab..com",
  "https://.gitlab.com",
  "https://git_lab.com",
  "https://-gitlab.com",
  `https://${"a".repeat(64)}.com`,
  `https://${`${"a".repeat(49)}.`.repeat(6)}com`,
  "https://[::1%25eth0]",
  "https://[127.0.0.1]",
  "https://256.256.256.256",
  "https://1.2.3.4.5",
  "https://example.123",
  "https://gitlab.com:99999",
  "https://gitlab.com:8x",
  "https://gitlab.com:",
  "https://gitlab.com/../admin",
  "https://gitlab.com/a/./b",
  "https://gitlab.com/a%2fb",
  "https://gitlab.com/%0d%0a",
  "https://gitlab.com/a//b",
  "https://gitlab.com/a b",
  `https://gitlab.com/${"a".repeat(2048)}`,
])("%j is not a provider URL", (url) => {
  expect(refusalOf(url)).toEqual({ code: "invalid", field: "providerUrl" });
});

test.each([
  "https://127.0.0.1",
  "https://2130706433",
  "https://0x7f.1",
  "https://0177.0.0.1",
  "https://10.0.0.1:8443",
  "https://169.254.169.254/latest",
  "https://168.63.129.16",
  "https://[::1]",
  "https://[::ffff:10.0.0.1]",
  "https://[::10.0.0.1]",
  "https://[64:ff9b::a00:1]",
  "https://[64:ff9b:1::a00:1]",
  "https://[2002:a00:1::]",
  "https://[2001:0:a00:1::]",
  "https://[fd00::1]",
  "https://[fe80::1]",
  "https://[4000::1]",
  "https://localhost",
  "https://LOCALHOST.",
  "https://api.localhost",
  "http://gitlab.com",
  "https://gitlab.com:22",
  "https://gitlab.com:0",
  "https://gitlab.com:25",
])("%s is a forbidden provider URL", (url) => {
  expect(refusalOf(url)).toEqual({ code: "provider_url_not_allowed", field: undefined });
});

test.each([
  ["http://127.0.0.1:3000", "127.0.0.1"],
  ["http://127.0.0.1:3000/gitlab", "127.0.0.1:3000"],
  ["https://10.1.2.3", "10.0.0.0/8"],
  ["https://10.1.2.3:8443", "192.168.0.1, 10.0.0.0/8:8443"],
  ["http://[::1]:3000", "[::1]:3000"],
  ["http://[fd12::5]:3000", "fd00::/64, fd12::/16"],
  ["http://localhost:3000", "LocalHost"],
  ["http://git.internal", "git.internal"],
  ["https://git.internal:22", "git.internal:22"],
])("%s is allowed by %s", (url, allowlist) => {
  expect(parseProviderUrl(url, parseAllowlist(allowlist))).toBe(url);
});

test.each([
  ["http://127.0.0.1:3000", "127.0.0.1:3001"],
  ["http://127.0.0.2", "127.0.0.1"],
  ["http://localhost", "127.0.0.1"],
  ["http://git.internal", "internal"],
  ["https://git.internal:22", "git.internal"],
  ["https://git.internal:0", "git.internal"],
  ["https://169.254.169.254", "metadata.example.com"],
])("%s is not allowed by %s", (url, allowlist) => {
  expect(refusalOf(url, allowlist).code).toBe("provider_url_not_allowed");
});
