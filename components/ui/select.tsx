import type { ComponentProps } from "react";
import { controlClass } from "./control-class";
import { cx } from "./cx";
import { ChevronDown } from "./icons";

type SelectOption = { value: string; label: string };

type SelectProps = ComponentProps<"select"> & { options: readonly SelectOption[] };

/** The browser's own select in our style. Without a visible label, as in a filter, it needs an `aria-label`. */
export function Select({ options, className, ...select }: SelectProps) {
  return (
    <span className={cx("relative inline-block", className)}>
      <select {...select} className={cx(controlClass, "appearance-none pr-8")}>
        {options.map(({ value, label }) => (
          <option key={value} value={value} className="bg-raised text-text">
            {label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted"
      />
    </span>
  );
}
