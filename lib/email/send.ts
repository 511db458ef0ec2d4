import { settings } from "@/lib/env";
import { log } from "@/lib/log";
import { deliver, type Mail } from "./deliver";
import { failureSentence } from "./failure";

/** "off" without a mail server; `problem` completes "The e-mail could not be sent: …". */
export type MailResult = { status: "sent" } | { status: "off" } | { status: "failed"; problem: string };

/** Sends one message within a timeout. Failures of the server are returned, not thrown. */
export async function sendMail(mail: Mail): Promise<MailResult> {
  const { SMTP_URL, SMTP_FROM } = settings();
  if (!SMTP_URL || !SMTP_FROM) return { status: "off" };
  try {
    await deliver(mail, { url: SMTP_URL, from: SMTP_FROM });
    return { status: "sent" };
  } catch (error) {
    const problem = failureSentence(error);
    // The error itself may contain the message, and with it the link.
    log.warn({ problem }, "an e-mail could not be sent");
    return { status: "failed", problem };
  }
}
