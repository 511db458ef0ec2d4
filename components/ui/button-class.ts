import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

/** Of app/globals.css. */
export function buttonClass(variant: ButtonVariant, className?: string): string {
  return cx("button", variant, className);
}
