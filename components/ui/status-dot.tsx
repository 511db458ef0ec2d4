import { cx } from "./cx";

export type Tone = "green" | "amber" | "red" | "neutral";

const colors: Record<Tone, string> = {
  green: "bg-green",
  amber: "bg-amber-dot",
  red: "bg-red",
  neutral: "bg-muted",
};

/** Always beside the word that it colours. */
export function StatusDot({ tone }: { tone: Tone }) {
  return <span aria-hidden className={cx("inline-block size-2 shrink-0 rounded-full", colors[tone])} />;
}
