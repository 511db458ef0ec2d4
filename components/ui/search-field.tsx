import type { ComponentProps } from "react";
import { controlClass } from "./control-class";
import { cx } from "./cx";
import { Search } from "./icons";

type Props = Omit<ComponentProps<"input">, "type" | "aria-label"> & { label: string };

/** For a form: its icon is the button that submits it. */
export function SearchField({ label, className, ...input }: Props) {
  return (
    <span className={cx("relative inline-block", className)}>
      <button
        type="submit"
        aria-label="Search"
        className="absolute inset-y-0 left-0 flex w-8 items-center justify-center rounded-md text-muted hover:text-text"
      >
        <Search className="size-4" />
      </button>
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
