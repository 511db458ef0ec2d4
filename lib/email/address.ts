import { z } from "zod";

/** A person’s e-mail address as it is compared: trimmed, in lower case. */
export const emailAddress = z
  .string({ error: "Enter an e-mail address." })
  .trim()
  .toLowerCase()
  .max(320, "Enter an e-mail address.")
  .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, "Enter an e-mail address.");
