import { tryMailServer } from "@/lib/email/deliver";
import { failureSentence } from "@/lib/email/failure";
import { mailServer as parseMailServer } from "@/lib/email/server";
import { type Finding, right, warning, wrong } from "../finding";
import type { Inspection } from "../inspection";

const subject = "mail server";
const local = ["localhost", "127.0.0.1", "::1"];

/** Whether the mail server answers, encrypts, and accepts the login. Sends nothing. */
export async function mailServer({ settings: { SMTP_URL } }: Inspection): Promise<Finding[]> {
  if (!SMTP_URL) return [right(subject, "none is set, no e-mail is sent")];
  const server = parseMailServer(new URL(SMTP_URL));
  const where = `${server.host}:${server.port}`;
  const login = server.auth ? ", and accepts the login" : "";
  const problem = await problemWith(server);
  if (problem) return [problem];
  const isEncrypted = server.secure || server.requireTLS || !(await problemWith({ ...server, requireTLS: true }));
  if (isEncrypted) return [right(subject, `${where} answers, encrypted${login}`)];
  const plain = `${where} answers${login}, and offers no encryption`;
  if (local.includes(server.host)) return [right(subject, plain)];
  return [warning(subject, plain, "Use smtps, or a server with STARTTLS")];
}

async function problemWith(server: ReturnType<typeof parseMailServer>): Promise<Finding | undefined> {
  try {
    await tryMailServer(server);
    return undefined;
  } catch (error) {
    return wrong(subject, `${server.host}:${server.port}: ${failureSentence(error)}`, "Check SMTP_URL");
  }
}
