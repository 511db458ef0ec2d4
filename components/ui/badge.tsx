import type { ReactNode } from "react";
import { cx } from "./cx";
import { StatusDot, type Tone } from "./status";

const looks: Record<Tone, string> = {
  green: "bg-green-soft text-green",
  amber: "bg-amber-soft text-amber",
  red: "bg-red-soft text-red",
  neutral: "bg-hover text-muted",
};

type Props = {
  tone?: Tone;
  dot?: boolean;
  /** For a text of any length, such as a name. */
  wraps?: boolean;
  children: ReactNode;
};

/** A short word about a state. `dot` marks the state itself. */
export function Badge({ tone = "neutral", dot, wraps, children }: Props) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 rounded-sm px-1.5 py-0.5 text-label font-medium",
        wraps ? "wrap-anywhere" : "whitespace-nowrap",
        looks[tone],
      )}
    >
      {dot && <StatusDot tone={tone} />}
      {children}
    </span>
  );
}
