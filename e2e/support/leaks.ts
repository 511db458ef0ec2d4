import { ask } from "@/testing/api/ask";
import { statusOfSelf } from "./access-tokens";
import { expect } from "./test";

/** Reports the secret as a scanner does, and waits until the report has taken effect. */
export async function reportLeak(secret: string, url = process.env.E2E_URL): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ tokens: [secret] });
  const { status } = await ask(`${url}`, "/api/v2.0/leaked-tokens", { method: "POST", headers, body });
  expect(status).toBe(202);
  await expect.poll(() => statusOfSelf(secret), { timeout: 20_000 }).toBe(401);
}
