"use client";

import Link from "next/link";
import { useCallback, useState } from "react";
import { cx } from "./cx";
import { Tooltip } from "./tooltip";
import { useKeptFocus } from "./use-kept-focus";

type Props = { children: string; href?: string; className?: string };

/** One line of text, or a link; where it is cut it can take the focus, and hover and focus show it whole. */
export function Truncated({ children, href, className }: Props) {
  const { ref, cut } = useCut();
  const look = cx("block w-fit max-w-full truncate", className);
  const text = href ? (
    <Link ref={ref} href={href} prefetch={false} className={cx("rounded-sm hover:underline", look)}>
      {children}
    </Link>
  ) : (
    <span ref={ref} tabIndex={cut ? 0 : undefined} className={cx("rounded-sm", look)}>
      {children}
    </span>
  );
  // Most texts are whole, and a page has a hundred: they go without the tooltip's machinery.
  return cut ? <Tooltip content={children}>{text}</Tooltip> : text;
}

/** Whether the element is too narrow for its text, now. It is another one once that changes. */
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
