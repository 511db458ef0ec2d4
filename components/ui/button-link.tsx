import Link from "next/link";
import type { ComponentProps } from "react";
import { type ButtonVariant, buttonClass } from "./button";

type Props = ComponentProps<typeof Link> & { variant?: ButtonVariant };

/** A link that looks like a button, for navigation. */
export function ButtonLink({ variant = "secondary", className, ...props }: Props) {
  return <Link {...props} className={buttonClass(variant, className)} />;
}
