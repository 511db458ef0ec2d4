import { settings } from "@/lib/env";
import { log } from "@/lib/log";
import { deliver, type Mail } from "./deliver";
import { failureSentence } from "./failure";

/** "off" where no mail server is configured; `problem` completes "The e-mail could not be sent: …". */
export type MailResult = { status: "sent" } | { status: "off" } | { status: "failed"; problem: string };

/** Hands one message to the mail server, in time or not at all. Throws nothing that the server, or its absence, causes. */
export async function sendMail(mail: Mail): Promise<MailResult> {
  const { SMTP_URL, SMTP_FROM } = settings();
  if (!SMTP_URL || !SMTP_FROM) return { status: "off" };
  try {
    await deliver(mail, { url: SMTP_URL, from: SMTP_FROM });
    return { status: "sent" };
  } catch (error) {
    const problem = failureSentence(error);
    // Not the error itself, which could repeat the message, and with it the link.
    log.warn({ problem }, "an e-mail could not be sent");
    return { status: "failed", problem };
  }
}
