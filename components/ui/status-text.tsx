import type { ReactNode } from "react";
import { StatusDot, type Tone } from "./status-dot";

/** A state that can only be read: its dot and its word. */
export function StatusText({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <StatusDot tone={tone} />
      {children}
    </span>
  );
}
