import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** What is wrong with the whole form, or with what was asked; read aloud when it appears. */
export function FormError({ children }: { children?: ReactNode }) {
  if (!children) return null;
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-red-soft px-3 py-2 text-red">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
