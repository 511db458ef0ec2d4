import { z } from "zod";
import { limits } from "./limits";
import { reasonAgainst } from "./reserved-names";

const shape = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A POSIX name that can't take over the VM's shell, loader or interpreters. The message says why a name is refused. */
export const variableName = z
  .string({ error: "Enter a name." })
  .min(1, { error: "Enter a name.", abort: true })
  .max(limits.nameLength, { error: `Use at most ${limits.nameLength} characters.`, abort: true })
  .regex(shape, {
    error: "Use only letters A to Z, digits and underscores, and don't begin with a digit.",
    abort: true,
  })
  .superRefine((name, context) => {
    const reason = reasonAgainst(name);
    if (reason) context.addIssue({ code: "custom", message: `${name} is reserved: ${reason}` });
  });
