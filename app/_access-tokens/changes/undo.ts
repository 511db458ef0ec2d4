import type { Announcement } from "@/components/ui/announcements";
import type { Refusal } from "@/lib/web/form-state";

type Undo = () => Promise<void>;

export function undoable(text: string, run: Undo): Announcement {
  return { text, action: { label: "Undo", run } };
}

/** Offers Undo again where the attempt may succeed later: the server was not reached, or the session has ended. */
export function notUndone({ message, code }: Pick<Refusal, "message" | "code">, run: Undo): Announcement {
  const text = message ?? "This could not be undone.";
  return code ? { text } : undoable(text, run);
}
