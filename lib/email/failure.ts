import { z } from "zod";
import { oneLine } from "./one-line";

const shape = z.object({
  name: z.string().optional(),
  message: z.string().optional(),
  code: z.union([z.string(), z.number()]).optional(),
  response: z.string().optional(),
});

/** Why an e-mail was not accepted, as a sentence for an organization admin. Quotes the server if it refused. */
export function failureSentence(error: unknown): string {
  const { name, message = "", code, response } = shape.catch({}).parse(error);
  if (name === "TimeoutError" || name === "AbortError" || code === "ETIMEDOUT") {
    return "the mail server did not answer in time.";
  }
  if (code === "EAUTH" || code === "ENOAUTH") return "the mail server refused our user name or password.";
  if (response) return `the mail server answered “${oneLine(response).slice(0, 200)}”.`;
  if (code === "EENVELOPE") return "the mail server can’t take this address.";
  // nodemailer replaces the codes of certificate errors by its own.
  if (code === "ETLS" || /certificate|\b(?:TLS|SSL)\b/i.test(message)) {
    return "the connection to the mail server could not be secured.";
  }
  return "the mail server could not be reached.";
}
