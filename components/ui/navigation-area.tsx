"use client";

import { useRouter } from "next/navigation";
import {
  createContext,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useRef,
  useState,
  useTransition,
} from "react";

type Navigation = {
  /** True while the next page loads. The old one is still shown. */
  pending: boolean;
  /** `toHead` moves the focus to the list's head once the page is there, for a link below the list. */
  navigate: (href: string, toHead?: boolean) => void;
  head: RefObject<HTMLParagraphElement | null>;
};

const NavigationContext = createContext<Navigation | null>(null);

/** Search, filter, sorting and paging inside it share one navigation with their table, which is dimmed meanwhile. */
export function NavigationArea({ children }: { children: ReactNode }) {
  return <NavigationContext value={useTransitionNavigation()}>{children}</NavigationContext>;
}

/** The navigation of the surrounding NavigationArea, or an own one outside of it. */
export function useNavigation(): Navigation {
  const own = useTransitionNavigation();
  return useContext(NavigationContext) ?? own;
}

/** A line above a list, such as which of its rows are shown. It gets the focus after "Next" and "Previous". */
export function ListHead({ children }: { children: string }) {
  const { head } = useNavigation();
  return (
    <p ref={head} tabIndex={-1} className="scroll-mt-4 text-small text-muted tabular-nums">
      {children}
    </p>
  );
}

function useTransitionNavigation(): Navigation {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const head = useRef<HTMLParagraphElement>(null);
  const [arriving, setArriving] = useState(false);

  useEffect(() => {
    if (pending || !arriving) return;
    setArriving(false);
    head.current?.focus({ preventScroll: true });
    head.current?.scrollIntoView();
  }, [pending, arriving]);

  return {
    pending,
    head,
    navigate: (href, toHead = false) =>
      startTransition(() => {
        router.push(href, { scroll: false });
        setArriving(toHead);
      }),
  };
}
