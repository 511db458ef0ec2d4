import type { ComponentProps, MouseEvent } from "react";
import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

/** Of app/globals.css. */
export function buttonClass(variant: ButtonVariant, className?: string): string {
  return cx("button", variant, className);
}

/** A label that keeps the width of the longer of two texts. The unseen one is neither content nor read aloud. */
export function StableLabel({ children, reserve }: { children: string; reserve: string }) {
  return (
    <span data-reserve={reserve} className="stable-label">
      <span>{children}</span>
    </span>
  );
}

type ButtonProps = Omit<ComponentProps<"button">, "aria-disabled"> & {
  variant?: ButtonVariant;
  pending?: boolean;
  /** What the button says while it waits ("Creating…"); its own label is plain text then. */
  pendingLabel?: string;
};

/** While it waits it keeps its width and the focus, and ignores clicks. */
export function Button({
  variant = "secondary",
  pending = false,
  pendingLabel,
  type = "button",
  className,
  onClick,
  children,
  ...props
}: ButtonProps) {
  return (
    <button
      {...props}
      type={type}
      aria-disabled={pending || undefined}
      onClick={pending ? ignore : onClick}
      className={buttonClass(variant, className)}
    >
      {pendingLabel && typeof children === "string" ? (
        <StableLabel reserve={pending ? children : pendingLabel}>{pending ? pendingLabel : children}</StableLabel>
      ) : (
        children
      )}
    </button>
  );
}

function ignore(event: MouseEvent) {
  event.preventDefault();
}
