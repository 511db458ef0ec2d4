import type { ComponentProps } from "react";
import { type ButtonVariant, buttonClass } from "./button";

type Props = ComponentProps<"a"> & { variant?: ButtonVariant };

/** A link that looks like a button, for navigation. */
export function ButtonLink({ variant = "secondary", className, ...props }: Props) {
  return <a {...props} className={buttonClass(variant, className)} />;
}
