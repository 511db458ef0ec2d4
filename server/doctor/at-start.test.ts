import { expect, test, vi } from "vitest";
import { logged } from "@/testing/logged";
import { logFindings } from "./at-start";

test("a start logs what is to be warned of, and nothing that is right", async () => {
  vi.stubEnv("AUTH_URL", "https://tokens.example.com");
  const random = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString("base64");
  vi.stubEnv("ENCRYPTION_KEYS", `k1:${random}`);
  const lines = logged();
  await logFindings({ isEmbedded: false });
  expect(lines.splice(0)).toEqual([]);

  vi.stubEnv("OIDC_ISUER", "https://login.example.com");
  vi.stubEnv("DATABASE_POOL_SIZE", "500");
  await logFindings({ isEmbedded: false });
  expect(lines.splice(0)).toMatchObject([
    { level: "warn", check: "OIDC_ISUER", msg: "is not a setting, and has no effect" },
    { level: "error", check: "database connections", msg: expect.stringMatching(/an instance needs up to 504/) },
  ]);

  vi.stubEnv("DATABASE_URL", "postgres://nobody:hidden-word@127.0.0.1:1/none");
  await logFindings({ isEmbedded: false });
  expect(lines).toMatchObject([{ level: "warn", msg: "the checks of the start could not be made" }]);
  expect(JSON.stringify(lines)).not.toContain("hidden-word");
});
