"use client";

import { usePathname } from "next/navigation";
import {
  createContext,
  type FocusEvent,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useTransition,
} from "react";
import { Button } from "./button";
import { cx } from "./cx";
import { focusLater } from "./use-focus";

/** What was done, in words, and how to undo it. */
export type Announcement = { text: string; action?: { label: string; run: () => Promise<void> } };

type Announce = (message: Announcement) => void;
type Shown = Announcement & { id: number };

const AnnounceContext = createContext<Announce>(() => {});

/** Says in words what was done: in a bar at the bottom of the window, and to screen readers. A new message replaces it. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}

/** A message without an action goes away after this time. One with an action stays until it is dismissed. */
const shownFor = 20_000;

/** The one live region of all pages. It is outside of them, so that a message outlives a navigation. */
export function Announcements({ children }: { children: ReactNode }) {
  const [message, setMessage] = useState<Shown>();
  // With another id the same message is spoken again.
  const announce = useCallback(
    (next: Announcement) => setMessage((current) => ({ ...next, id: (current?.id ?? 0) + 1 })),
    [],
  );

  // Whoever signs in next must not read what the person before has done.
  const isSignedOut = usePathname() === "/sign-in";
  useEffect(() => {
    if (isSignedOut) setMessage(undefined);
  }, [isSignedOut]);

  useEffect(() => {
    if (!message || message.action) return;
    const timer = setTimeout(() => setMessage(undefined), shownFor);
    return () => clearTimeout(timer);
  }, [message]);

  return (
    <AnnounceContext value={announce}>
      {children}
      {/* So that the bar covers nothing of a page that is scrolled to its end. */}
      {message && <div className="h-24 print:hidden" />}
      <Bar message={message} onDone={(done) => setMessage((current) => (current === done ? undefined : current))} />
    </AnnounceContext>
  );
}

type BarProps = { message: Shown | undefined; onDone: (message: Shown) => void };

function Bar({ message, onDone }: BarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const focusAgain = useRef<() => void>(null);
  const [pending, startTransition] = useTransition();

  function remember({ relatedTarget }: FocusEvent<Element, Element>) {
    if (relatedTarget instanceof Element && bar.current?.contains(relatedTarget)) return;
    focusAgain.current = focusLater(relatedTarget);
  }

  function close(done: Shown) {
    if (bar.current?.contains(document.activeElement)) focusAgain.current?.();
    onDone(done);
  }

  return (
    <div
      ref={bar}
      className={cx(
        message &&
          "fixed inset-x-4 bottom-4 mx-auto in-[body:has(.selection-bar)]:top-2 in-[body:has(.selection-bar)]:bottom-auto flex w-fit max-w-[calc(100vw-2rem)] animate-fade flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-border bg-raised py-2 pr-2 pl-4 shadow-overlay print:hidden",
      )}
    >
      {/* Dialogs hide all that is outside of them from screen readers, except for what says `aria-live`. */}
      <p role="status" aria-live="polite" className="min-w-0 wrap-anywhere">
        {message && <span key={message.id}>{message.text}</span>}
      </p>
      {message && (
        <div className="flex gap-1">
          {message.action && (
            <Button
              variant="quiet"
              pending={pending}
              pendingLabel={`${message.action.label}…`}
              onFocus={remember}
              onClick={() =>
                startTransition(async () => {
                  await message.action?.run();
                  close(message);
                })
              }
            >
              {message.action.label}
            </Button>
          )}
          <Button variant="quiet" onFocus={remember} onClick={() => close(message)}>
            Dismiss
          </Button>
        </div>
      )}
    </div>
  );
}
