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

/** What gets the focus if the next page's frame replaces the element that has it. */
let arrival: "[role=tab][aria-selected=true]" | "main" | undefined;

/**
 * Opens the pages of this site that links and GET forms lead to. Answers whether one is loading. For the frame (record
 * 0071).
 */
export function useLinkNavigation(): boolean {
  const { pending, navigate } = useTransitionNavigation({ scroll: true });
  const follow = useEffectEvent((event: MouseEvent | SubmitEvent) => {
    const path = event.defaultPrevented ? undefined : pathOf(event);
    if (!path) return;
    event.preventDefault();
    const isTab = event.target instanceof Element && event.target.closest("[role=tab]");
    arrival = isTab ? "[role=tab][aria-selected=true]" : "main";
    navigate(path);
  });
  // React's own listeners are on the document too, and came first. So a component can prevent this.
  useEffect(() => {
    const listen = (event: MouseEvent | SubmitEvent) => follow(event);
    document.addEventListener("click", listen);
    document.addEventListener("submit", listen);
    return () => {
      document.removeEventListener("click", listen);
      document.removeEventListener("submit", listen);
    };
  }, []);
  // Runs in the next page's frame too, once that is there.
  useEffect(() => {
    if (pending) return;
    const isLost = document.activeElement === document.body;
    if (arrival && isLost) document.querySelector<HTMLElement>(arrival)?.focus({ preventScroll: true });
    arrival = undefined;
  }, [pending]);
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

/** The path on this site that the event opens in this tab. */
function pathOf(event: MouseEvent | SubmitEvent): string | undefined {
  return event instanceof SubmitEvent ? pathOfForm(event) : pathOfLink(event);
}

function pathOfForm({ target: form, submitter }: SubmitEvent): string | undefined {
  // Not the form's properties: a field may have the name of one.
  if (!(form instanceof HTMLFormElement) || form.hasAttribute("method") || form.hasAttribute("target"))
    return undefined;
  const { origin, pathname } = new URL(form.getAttribute("action") ?? "", location.href);
  const fields = [...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]);
  return origin === location.origin ? `${pathname}?${new URLSearchParams(fields)}` : undefined;
}

function pathOfLink(event: MouseEvent): string | undefined {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.target || link.hasAttribute("download") || !opensHere(event)) return undefined;
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
const longestWait = 150;
/** Without a network a server on the same machine still answers, and all others fail at once. */
const longestWaitOffline = 2000;

/** Next leaves the page for the browser's error page if it can't reach the server. */
async function reachesServer(): Promise<boolean> {
  const { onLine } = navigator;
  const answered = fetch("/health/live", { method: "HEAD", cache: "no-store" }).then(yes, no);
  const waited = new Promise<boolean>((resolve) =>
    setTimeout(resolve, onLine ? longestWait : longestWaitOffline, onLine),
  );
  return Promise.race([answered, waited]);
}

const yes = () => true;
const no = () => false;
