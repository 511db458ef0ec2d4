import { expect, test, vi } from "vitest";
import { startMailServer } from "@/testing/stand-ins/mail-server";

const mail = { to: "ada@example.com", subject: "Hello", text: "Plain", html: "<p>Rich</p>" };

/** Loads the module with these settings. */
async function sendMailWith(env: Record<string, string>) {
  vi.resetModules();
  for (const name of ["SMTP_URL", "SMTP_FROM"]) vi.stubEnv(name, env[name]);
  vi.stubEnv("LOG_LEVEL", "silent");
  return (await import("./send")).sendMail;
}

test("sendMail without a mail server sends nothing and returns `off`", async () => {
  const sendMail = await sendMailWith({});
  expect(await sendMail(mail)).toEqual({ status: "off" });
});

test("sendMail returns the outcome", async () => {
  const server = await startMailServer();
  const sendMail = await sendMailWith({ SMTP_URL: server.url, SMTP_FROM: "vehaas@example.com" });
  expect(await sendMail(mail)).toEqual({ status: "sent" });
  await server.close();
  expect(await sendMail(mail)).toEqual({ status: "failed", problem: "the mail server could not be reached." });
});
