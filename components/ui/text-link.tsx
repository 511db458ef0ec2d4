import Link from "next/link";
import type { ComponentProps } from "react";
import { cx } from "./cx";

/** A link within a sentence. */
export function TextLink({ className, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...props}
      className={cx("rounded-sm text-accent underline decoration-1 underline-offset-2 hover:decoration-2", className)}
    />
  );
}
