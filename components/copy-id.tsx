"use client";

import { Button, StableLabel } from "./ui/button";
import { controlClass } from "./ui/control-class";
import { cx } from "./ui/cx";
import { useCopy } from "./use-copy";

/** Copies the id, and says so only if that was possible. Otherwise it shows the id, selected. */
export function CopyId({ id }: { id: string }) {
  const { result, copy } = useCopy(id);
  const isCopied = result === "copied";
  return (
    <div className="flex flex-wrap items-center gap-2 print:hidden">
      <Button onClick={copy}>
        <StableLabel reserve={isCopied ? "Copy ID" : "Copied"}>{isCopied ? "Copied" : "Copy ID"}</StableLabel>
      </Button>
      <span role="status" className="sr-only">
        {isCopied && "Copied"}
      </span>
      {result === "refused" && (
        <input
          readOnly
          aria-label="ID"
          value={id}
          ref={select}
          onFocus={(event) => event.currentTarget.select()}
          className={cx(controlClass, "max-w-72 font-mono")}
        />
      )}
    </div>
  );
}

function select(field: HTMLInputElement | null) {
  field?.focus();
  field?.select();
}
