/** `says` is the finding, `advice` what to do about it. Neither may contain a secret. */
export type Finding = { verdict: "right" | "warning" | "wrong"; subject: string; says: string; advice?: string };

export function right(subject: string, says: string): Finding {
  return { verdict: "right", subject, says };
}

/** Something that works, and should be different. */
export function warning(subject: string, says: string, advice?: string): Finding {
  return { verdict: "warning", subject, says, ...(advice && { advice }) };
}

export function wrong(subject: string, says: string, advice?: string): Finding {
  return { verdict: "wrong", subject, says, ...(advice && { advice }) };
}
