"use client";

import * as Radix from "@radix-ui/react-tooltip";
import { type ComponentProps, type ReactNode, useState } from "react";

type TooltipProps = Omit<ComponentProps<typeof Radix.Trigger>, "asChild" | "content" | "disabled"> & {
  content: ReactNode;
  /** One element that can have the focus. */
  children: ReactNode;
};

/** Shows `content` on hover and on focus. Escape closes it. */
export function Tooltip({ content, children, ...trigger }: TooltipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Provider delayDuration={300}>
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger {...trigger} asChild>
          {children}
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            align="start"
            sideOffset={4}
            collisionPadding={8}
            className="max-w-[min(30rem,calc(100vw-1rem))] animate-fade rounded-md border border-border bg-raised px-2 py-1 text-small wrap-anywhere text-text shadow-overlay"
          >
            {content}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
