import type { ComponentProps, MouseEvent } from "react";
import { type ButtonVariant, buttonClass } from "./button-class";
import { StableLabel } from "./stable-label";

type Props = Omit<ComponentProps<"button">, "aria-disabled"> & {
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
}: Props) {
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
