import { Search } from "lucide-react";
import type { ComponentProps } from "react";
import { controlClass } from "./control-class";
import { cx } from "./cx";

type Props = Omit<ComponentProps<"input">, "type" | "aria-label"> & { label: string };

export function SearchField({ label, className, ...input }: Props) {
  return (
    <span className={cx("relative inline-block", className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
      />
      <input
        {...input}
        type="search"
        aria-label={label}
        placeholder={input.placeholder ?? label}
        className={cx(controlClass, "pl-8")}
      />
    </span>
  );
}
