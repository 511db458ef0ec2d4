import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSettings, SettingsError } from "@/lib/env";
import { testAuthority } from "@/testing/stand-ins/server";
import { parseAllowlist, permitsAddress } from "./allowlist";

function problems(PROVIDER_ALLOWLIST: string): string[] {
  try {
    readSettings({ PROVIDER_ALLOWLIST });
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems;
  }
}

test.each([
  "169.254.169.254",
  "169.254.169.254:80",
  "169.254.170.2",
  "169.254.0.0/16",
  "168.63.129.16",
  "0.0.0.0/0",
  "100.64.0.0/10",
  "fd00:ec2::254",
  "[fd20:ce::254]:80",
  "fd00::/8",
  "::/0",
  "::ffff:169.254.169.254",
  "::ffff:0:0/96",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b::/96",
  "2002:a9fe:a9fe::/48",
  "::169.254.169.254",
  "metadata.google.internal",
  "git.example.com, 169.254.0.0/16",
])("%s covers a metadata address and stops the start with a line that names it", (text) => {
  const [problem, ...others] = problems(text);
  expect(others).toEqual([]);
  expect(problem).toMatch(/^PROVIDER_ALLOWLIST: "[^"]+" (?:covers|names) a cloud metadata/);
  expect(problem).toContain(text.split(", ").at(-1));
});

test.each([
  "http://git.example.com",
  "git_lab",
  "*.example.com",
  "10.0.0.0/33",
  "10.0.0/8",
  "10.0.0.1:0",
  "git:70000",
  "[::1",
  "::1]:80",
  "a b",
  "git:",
  "1.2.3.4.5",
])("%s stops the start as malformed", (text) => {
  expect(problems(`ok.example.com,${text}`)).toEqual([expect.stringMatching(/^PROVIDER_ALLOWLIST: "[^"]+" [^\n]+$/)]);
});

test("entries are separated by commas, and may be empty or have spaces around them", () => {
  expect(
    readSettings({ PROVIDER_ALLOWLIST: " git.example.com ,, 10.0.0.0/8:8443,[::1]:80 ," }).PROVIDER_ALLOWLIST,
  ).toHaveLength(3);
  expect(readSettings({}).PROVIDER_ALLOWLIST).toEqual([]);
});

test("a listed host may have private addresses, but never a metadata address", () => {
  const allowlist = parseAllowlist("git.example.com:8443, 10.0.0.0/8");
  expect(permitsAddress(allowlist, "git.example.com", "192.168.1.1", 8443)).toBe(true);
  expect(permitsAddress(allowlist, "git.example.com", "192.168.1.1", 443)).toBe(false);
  expect(permitsAddress(allowlist, "git.example.com", "169.254.169.254", 8443)).toBe(false);
  expect(permitsAddress(allowlist, "git.example.com", "::ffff:169.254.169.254", 8443)).toBe(false);
  expect(permitsAddress(allowlist, "other.example.com", "::ffff:10.0.0.1", 443)).toBe(true);
  expect(permitsAddress(allowlist, "other.example.com", "192.168.1.1", 443)).toBe(false);
  expect(permitsAddress(allowlist, "other.example.com", "no address", 443)).toBe(false);
});

test("unreadable certificates stop the start", () => {
  const readWith = (PROVIDER_CA_FILE: string) => () => readSettings({ PROVIDER_CA_FILE });
  expect(readWith("/does/not/exist.pem")).toThrow(/^PROVIDER_CA_FILE must be a readable file/);
  expect(readWith(fileURLToPath(import.meta.url))).toThrow(/^PROVIDER_CA_FILE/);
  expect(readSettings({ PROVIDER_CA_FILE: testAuthority }).PROVIDER_CA_FILE).toBe(testAuthority);
});
