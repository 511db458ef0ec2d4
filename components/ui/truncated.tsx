"use client";

import { useCallback, useEffect, useState } from "react";
import { cx } from "./cx";
import type { Tooltip } from "./tooltip";
import { useKeptFocus } from "./use-focus";

// Loaded when a text is cut off, which few are.
const load = () => import("./tooltip");

let loaded: typeof Tooltip | undefined;

/** The tooltip's component once it is loaded. Without it the text is still there, cut off. */
function useTooltip(wanted: boolean): typeof Tooltip | undefined {
  const [Found, setFound] = useState(() => loaded);
  useEffect(() => {
    if (!wanted || Found) return;
    load().then(
      (module) => {
        loaded = module.Tooltip;
        setFound(() => loaded);
      },
      () => {},
    );
  }, [wanted, Found]);
  return Found;
}

type TruncatedProps = { children: string; href?: string; className?: string };

/** One line of text, or a link. If it is cut off, it can have the focus, and hover and focus show the whole text. */
export function Truncated({ children, href, className }: TruncatedProps) {
  const { ref, cut } = useCut();
  const Shown = useTooltip(cut);
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
  return cut && Shown ? <Shown content={children}>{text}</Shown> : text;
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
