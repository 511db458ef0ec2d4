import { afterAll, beforeEach, expect, test } from "vitest";
import { startMailServer } from "@/testing/stand-ins/mail-server";
import { sendInvitation } from "./mail";

const server = await startMailServer();
// Settings are read at first use.
Object.assign(process.env, { SMTP_URL: server.url, SMTP_FROM: "veHaaS <vehaas@example.com>" });
afterAll(server.close);
beforeEach(() => {
  server.received.length = 0;
});

const link = "https://tokens.example.com/invitations/abc_def-123";

function send(organizationName: string, inviterName: string) {
  const invitation = {
    id: "inv_1",
    email: "ada@example.com",
    role: "organization_user" as const,
    expiresAt: new Date("2030-01-08T09:30:00Z"),
  };
  return sendInvitation({ invitation, organizationName, secret: "unused" }, { inviterName, link });
}

test("the message names inviter and organization, with the link in text and HTML", async () => {
  expect(await send("Demo & Co", "Grace <Admin>")).toEqual({ status: "sent" });
  const [message] = server.received;
  expect(message?.to).toEqual(["ada@example.com"]);
  expect(message?.body).toContain("Subject: Invitation to Demo & Co on veHaaS");
  const [, plain = "", html = ""] = message?.body.split(/Content-Type: text\//) ?? [];
  expect(plain).toContain("Grace <Admin> has invited you to Demo & Co on veHaaS.");
  expect(plain).toContain(link);
  expect(plain).toContain("The link works once, until 8 Jan 2030, 09:30 UTC.");
  expect(html).toContain("Grace &#60;Admin&#62; has invited you to Demo &#38; Co on veHaaS.");
  expect(html).toContain(`<a href="${link}">`);
});

test("names can't inject a header, line or markup", async () => {
  await send("Demo\r\nBcc: eve@example.com\r\n\r\nBuy", "Eve\u2028<img src=x onerror='a()'>\u202E");
  const [message] = server.received;
  expect(message?.to).toEqual(["ada@example.com"]);
  expect(message?.raw).not.toMatch(/^Bcc:/im);
  const html = message?.body.split("Content-Type: text/html")[1];
  expect(html).not.toContain("<img");
  expect(html).toContain("&#60;img src=x onerror=&#39;a()&#39;&#62; has invited you to Demo Bcc: eve@example.com Buy");
});
