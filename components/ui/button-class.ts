import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

const shared =
  "inline-flex h-control shrink-0 items-center justify-center gap-1.5 rounded-md border px-3 text-body font-medium " +
  "whitespace-nowrap select-none aria-disabled:cursor-default [&_svg]:size-4 [&_svg]:shrink-0";

const looks: Record<ButtonVariant, string> = {
  primary:
    "border-transparent bg-accent text-accent-contrast hover:bg-accent-hover aria-disabled:bg-accent disabled:opacity-50",
  secondary:
    "border-control-border bg-surface text-text hover:bg-hover aria-disabled:bg-surface disabled:opacity-50 disabled:bg-surface",
  quiet: "border-transparent text-text hover:bg-hover aria-disabled:bg-transparent disabled:opacity-50",
  danger:
    "border-transparent bg-red-fill text-red-contrast hover:bg-red-hover aria-disabled:bg-red-fill disabled:opacity-50",
};

export function buttonClass(variant: ButtonVariant, className?: string): string {
  return cx(shared, looks[variant], className);
}
