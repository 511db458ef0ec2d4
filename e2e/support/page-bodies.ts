import { request } from "node:http";
import { text } from "node:stream/consumers";
import type { Page } from "playwright/test";
import type { Person } from "@/lib/auth/actor";
import { createSession } from "@/lib/sign-in/sessions";
import { signInWithPassword } from "./sign-in";

/** The id of the sign-in form's action. */
export async function signInActionId(page: Page): Promise<string> {
  await page.goto("/sign-in");
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await signInWithPassword(page, "nobody@example.com", "wrong");
  return (await sent).headers()["next-action"] ?? "";
}

/** The token of a new session of the person. */
export function sessionOf({ userId }: Person): Promise<string> {
  return createSession(userId);
}

type Sending = { action?: string; type?: string; session?: string };

const boundary = "----WebKitFormBoundary1";

/** Fields encoded as browsers do. */
export function formOf(fields: [name: string, value: string][]): string {
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}

/** The server's response to a POST of the body to the sign-in page, sent from its own origin. */
export async function postBody(body: string, { action, type, session }: Sending) {
  const { origin, hostname, port } = new URL(process.env.E2E_URL ?? "");
  const headers = {
    origin,
    "content-type": type ?? `multipart/form-data; boundary=${boundary}`,
    ...(action === undefined ? {} : { "next-action": action }),
    ...(session === undefined ? {} : { cookie: `authjs.session-token=${session}` }),
  };
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request({ hostname, port, path: "/sign-in", method: "POST", headers, agent: false }, async (answer) =>
      resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
    );
    sent.on("error", reject).end(body);
  });
}
