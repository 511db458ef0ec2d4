"use client";

import * as Radix from "@radix-ui/react-tooltip";
import { type ComponentProps, type ReactNode, useCallback, useState } from "react";
import { cx } from "./cx";
import { useKeptFocus } from "./use-focus";

type TooltipProps = Omit<ComponentProps<typeof Radix.Trigger>, "asChild" | "content" | "disabled"> & {
  content: ReactNode;
  /** One element that can have the focus. */
  children: ReactNode;
};

/** Shows `content` on hover and on focus. Escape closes it. */
function Tooltip({ content, children, ...trigger }: TooltipProps) {
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

type TruncatedProps = { children: string; href?: string; className?: string };

/** One line of text, or a link. If it is cut off, it can have the focus, and hover and focus show the whole text. */
export function Truncated({ children, href, className }: TruncatedProps) {
  const { ref, cut } = useCut();
  const look = cx("block w-fit max-w-full truncate", className);
  const text = href ? (
    <a ref={ref} href={href} className={cx("rounded-sm text-accent hover:underline", look)}>
      {children}
    </a>
  ) : (
    <span ref={ref} tabIndex={cut ? 0 : undefined} className={cx("rounded-sm", look)}>
      {children}
    </span>
  );
  // A page has about a hundred of these and few are cut off, so only those render a tooltip.
  return cut ? <Tooltip content={children}>{text}</Tooltip> : text;
}

/** Whether the element is too narrow for its text. A change replaces the element, so the ref is a callback. */
function useCut() {
  const [cut, setCut] = useState(false);
  const keepFocus = useKeptFocus<HTMLElement>();
  const ref = useCallback(
    (element: HTMLElement | null) => {
      if (!element) return;
      const letGo = keepFocus(element);
      const observer = new ResizeObserver(() => setCut(element.scrollWidth > element.clientWidth));
      observer.observe(element);
      return () => {
        observer.disconnect();
        letGo?.();
      };
    },
    [keepFocus],
  );
  return { ref, cut };
}
