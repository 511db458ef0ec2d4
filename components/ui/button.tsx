import type { ComponentProps, MouseEvent } from "react";
import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

/** The classes are in app/globals.css. */
export function buttonClass(variant: ButtonVariant, className?: string): string {
  return cx("button", variant, className);
}

/** A label as wide as the longer of two texts. `reserve` is neither shown nor read aloud. */
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
  /** The label while pending ("Creating…"). The children must be plain text then. */
  pendingLabel?: string;
};

/** While pending it keeps its width and the focus, and ignores clicks. */
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
