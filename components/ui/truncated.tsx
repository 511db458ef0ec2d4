"use client";

import Link from "next/link";
import { useCallback, useState } from "react";
import { cx } from "./cx";
import { Tooltip } from "./tooltip";

type Props = { children: string; href?: string; className?: string };

/** One line of text, or a link; where it is cut it can take the focus, and hover and focus show it whole. */
export function Truncated({ children, href, className }: Props) {
  const { ref, cut } = useCut();
  const look = cx("block w-fit max-w-full truncate", className);
  return (
    <Tooltip content={children} silent={!cut} tabIndex={cut ? 0 : undefined}>
      {href ? (
        <Link ref={ref} href={href} prefetch={false} className={cx("rounded-sm hover:underline", look)}>
          {children}
        </Link>
      ) : (
        <span ref={ref} className={cx("rounded-sm", look)}>
          {children}
        </span>
      )}
    </Tooltip>
  );
}

/** Whether the element is too narrow for its text, now. */
function useCut() {
  const [cut, setCut] = useState(false);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const observer = new ResizeObserver(() => setCut(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, cut };
}
