"use client";

import { useRouter } from "next/navigation";
import {
  createContext,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  useTransition,
} from "react";
import { useAnnounce } from "./announcements";

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
  return <NavigationContext value={useTransitionNavigation({ scroll: false })}>{children}</NavigationContext>;
}

/** The navigation of the surrounding NavigationArea, or an own one outside of it. */
export function useNavigation(): Navigation {
  const own = useTransitionNavigation({ scroll: false });
  return useContext(NavigationContext) ?? own;
}

/** Opens the pages of this site that links lead to. Answers whether one is loading. For the frame (record 0071). */
export function useLinkNavigation(): boolean {
  const { pending, navigate } = useTransitionNavigation({ scroll: true });
  const follow = useEffectEvent((event: MouseEvent) => {
    const path = event.defaultPrevented ? undefined : pathOf(event);
    if (!path) return;
    event.preventDefault();
    navigate(path);
  });
  // React's own listeners are on the document too, and came first. So a component can prevent this.
  useEffect(() => {
    const listen = (event: MouseEvent) => follow(event);
    document.addEventListener("click", listen);
    return () => document.removeEventListener("click", listen);
  }, []);
  return pending;
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

type Click = Pick<MouseEvent, "button" | "metaKey" | "ctrlKey" | "shiftKey" | "altKey">;

/** False if the click opens another tab or window, or downloads. */
export function opensHere({ button, metaKey, ctrlKey, shiftKey, altKey }: Click): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

/** The path on this site that the click opens in this tab. */
function pathOf(event: MouseEvent): string | undefined {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.target || link.download || !opensHere(event)) return undefined;
  const { origin, pathname, search, hash } = new URL(link.href);
  return origin === location.origin && !hash ? pathname + search : undefined;
}

function useTransitionNavigation({ scroll }: { scroll: boolean }): Navigation {
  const router = useRouter();
  const announce = useAnnounce();
  const latest = useRef(0);
  const [pending, startTransition] = useTransition();
  const head = useRef<HTMLParagraphElement>(null);
  const [arriving, setArriving] = useState(false);

  useEffect(() => {
    if (pending || !arriving) return;
    setArriving(false);
    head.current?.focus({ preventScroll: true });
    head.current?.scrollIntoView();
  }, [pending, arriving]);

  function navigate(href: string, toHead = false) {
    latest.current += 1;
    const turn = latest.current;
    startTransition(async () => {
      const isReachable = await reachesServer();
      if (turn !== latest.current) return;
      if (!isReachable) announce({ text: "The server could not be reached. Check your connection and try again." });
      // Not a page: the browser loads it.
      else if (href.startsWith("/api/")) location.assign(href);
      else {
        startTransition(() => {
          router.push(href, { scroll });
          setArriving(toHead);
        });
      }
    });
  }

  return { pending, navigate, head };
}

/** A failed connection shows in less than this time, in milliseconds. A slow one is not waited for. */
const patience = 150;

/** Next leaves the page for the browser's error page if it can't reach the server. */
async function reachesServer(): Promise<boolean> {
  if (!navigator.onLine) return false;
  const answered = fetch("/health/live", { method: "HEAD", cache: "no-store" }).then(yes, no);
  return Promise.race([answered, new Promise<boolean>((resolve) => setTimeout(resolve, patience, true))]);
}

const yes = () => true;
const no = () => false;
