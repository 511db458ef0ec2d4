import { z } from "zod";
import { tryToSendEmail } from "@/lib/notifications/send-email";
import { processWide } from "@/lib/process/process-wide";
import { tryToDeliver } from "@/lib/webhooks/deliver";

/** A process of its own, so that a test can kill it: sends the e-mail, or delivers to the webhook, with the given id. */
const { kind, id } = z
  .object({ kind: z.enum(["email", "webhook"]), id: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ""));

processWide.address = "http://localhost:3000";
await (kind === "email" ? tryToSendEmail(id) : tryToDeliver(id));
