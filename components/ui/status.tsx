import type { ComponentProps, ReactNode } from "react";
import { Button, StableLabel } from "./button";
import { cx } from "./cx";

export type Tone = "green" | "amber" | "red" | "neutral";

const colors: Record<Tone, string> = {
  green: "bg-green",
  amber: "bg-amber-dot",
  red: "bg-red",
  neutral: "bg-muted",
};

/** Always shown beside the word for the status. */
export function StatusDot({ tone }: { tone: Tone }) {
  return (
    <span
      aria-hidden
      className={cx("inline-block size-2 shrink-0 rounded-full forced-color-adjust-none", colors[tone])}
    />
  );
}

/** A read-only status: a dot and a word. */
export function StatusText({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <StatusDot tone={tone} />
      {children}
    </span>
  );
}

type StatusButtonProps = Omit<ComponentProps<typeof Button>, "variant" | "className" | "children"> & {
  tone: Tone;
  children: string;
};

/** A status that opens a menu, as the trigger of a Menu. Its dot and its arrow are in app/globals.css. */
export function StatusButton({ tone, children, pendingLabel, ...props }: StatusButtonProps) {
  return (
    <Button {...props} variant="quiet" className={`status ${tone}`}>
      {props.pending && pendingLabel ? <StableLabel reserve={children}>{pendingLabel}</StableLabel> : children}
    </Button>
  );
}
