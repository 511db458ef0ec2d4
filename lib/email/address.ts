import { z } from "zod";

/** An e-mail address, trimmed and in lower case for comparison. */
export const emailAddress = z
  .string({ error: "Enter an e-mail address." })
  .trim()
  .toLowerCase()
  .max(320, "Enter an e-mail address.")
  .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, "Enter an e-mail address.");
