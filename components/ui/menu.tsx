"use client";

import {
  type ComponentProps,
  cloneElement,
  createContext,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from "react";
import { cx } from "./cx";
import { useKeptFocus } from "./use-focus";
import { useOpening } from "./use-opening";

// Loaded when a menu is first wanted: it is a tenth of the list page's scripts.
const load = () => import("./menu-parts");

type Parts = Awaited<ReturnType<typeof load>>;

type Opened = {
  parts: Parts;
  /** The chosen item's action, until the menu is closed. */
  chosen: RefObject<(() => void) | null>;
};

const MenuContext = createContext<Opened | null>(null);

function useOpened(): Opened {
  const opened = useContext(MenuContext);
  if (!opened) throw new Error("a part of a menu is outside of a menu");
  return opened;
}

type Trigger = ReactElement<ComponentProps<"button">>;

type MenuProps = {
  trigger: Trigger;
  /** MenuItem, MenuLink, MenuChoices, MenuText and MenuSeparator. */
  children: ReactNode;
  align?: "start" | "end";
};

/**
 * An item's action runs after the menu is closed and its trigger has the focus again, so that a dialog opened by an
 * item returns the focus there.
 */
export function Menu({ trigger, children, align = "start" }: MenuProps) {
  const chosen = useRef<() => void>(null);
  const { parts, opener, ref } = useParts(trigger);

  function runChosen() {
    const action = chosen.current;
    chosen.current = null;
    if (action) queueMicrotask(action);
  }

  if (!parts) return opener;
  return (
    // Not modal: a modal menu hides the page from screen readers but leaves it focusable (axe: aria-hidden-focus).
    <parts.Root modal={false}>
      <parts.Trigger asChild ref={ref}>
        {trigger}
      </parts.Trigger>
      <parts.Portal>
        <parts.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={runChosen}
          aria-describedby={trigger.props["aria-describedby"]}
          className="max-h-(--radix-dropdown-menu-content-available-height) max-w-72 min-w-44 animate-fade overflow-y-auto rounded-md border border-border bg-raised p-1 shadow-overlay"
        >
          <MenuContext value={{ parts, chosen }}>{children}</MenuContext>
        </parts.Content>
      </parts.Portal>
    </parts.Root>
  );
}

/** `opener` is the trigger until it is used. Then the menu's scripts are loaded, and Radix's trigger takes its place. */
function useParts(trigger: Trigger) {
  const [parts, setParts] = useState<Parts>();
  const { opening, open, ahead } = useOpening(load);
  const button = useRef<HTMLButtonElement>(null);
  const used = useRef<Event>(null);
  const keepFocus = useKeptFocus<HTMLButtonElement>();
  const ref = useCallback(
    (element: HTMLButtonElement | null) => {
      button.current = element;
      return keepFocus(element);
    },
    [keepFocus],
  );

  // Radix opens the menu on these events, and focuses the first item after a key.
  useEffect(() => {
    if (parts && used.current) button.current?.dispatchEvent(used.current);
    used.current = null;
  }, [parts]);

  function openWith(event: Event) {
    if (opening) return;
    used.current = event;
    open(setParts);
  }

  const { onClick, onKeyDown, onPointerEnter, onFocus } = trigger.props;
  const opener = cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    "aria-busy": opening || undefined,
    ref,
    onPointerEnter: (event) => {
      onPointerEnter?.(event);
      ahead();
    },
    onFocus: (event) => {
      onFocus?.(event);
      ahead();
    },
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      onClick?.(event);
      openWith(event.detail === 0 ? keyDown("Enter") : pointerDown());
    },
    onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => {
      onKeyDown?.(event);
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      openWith(keyDown(event.key));
    },
  });
  return { parts, opener, ref };
}

function keyDown(key: string): Event {
  return new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
}

function pointerDown(): Event {
  return new window.PointerEvent("pointerdown", { button: 0, bubbles: true, cancelable: true });
}

const look =
  "flex min-h-control items-center gap-2 rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-hover " +
  "data-[disabled]:opacity-50 forced-colors:data-[highlighted]:outline [&_svg]:size-4 [&_svg]:shrink-0";

type ItemProps = { children: ReactNode; onSelect: () => void; danger?: boolean; disabled?: boolean };

export function MenuItem({ children, onSelect, danger, disabled }: ItemProps) {
  const { parts, chosen } = useOpened();
  return (
    <parts.Item
      disabled={disabled}
      onSelect={() => {
        chosen.current = onSelect;
      }}
      className={cx(look, danger ? "text-red" : "text-text")}
    >
      {children}
    </parts.Item>
  );
}

/** A menu item that is a link. */
export function MenuLink({ href, children }: { href: string; children: ReactNode }) {
  const { parts } = useOpened();
  return (
    <parts.Item asChild className={cx(look, "text-text")}>
      <a href={href}>{children}</a>
    </parts.Item>
  );
}

/** Several choices of which one is chosen. */
export function MenuChoices({ label, children }: { label: string; children: ReactNode }) {
  const { parts } = useOpened();
  return (
    <parts.Group aria-label={label}>
      <MenuText>{label}</MenuText>
      {children}
    </parts.Group>
  );
}

type ChoiceProps = { children: ReactNode; onSelect: () => void; isChosen: boolean };

/** The menu stays open, so that the effect can be seen. */
export function MenuChoice({ children, onSelect, isChosen }: ChoiceProps) {
  const { parts } = useOpened();
  return (
    <parts.Item
      role="menuitemradio"
      aria-checked={isChosen}
      onSelect={(event) => {
        event.preventDefault();
        onSelect();
      }}
      className={cx(look, "text-text before:w-4", isChosen && "font-medium before:content-['✓'_/_'']")}
    >
      {children}
    </parts.Item>
  );
}

/** Text above the items, such as who is signed in. */
export function MenuText({ children }: { children: ReactNode }) {
  const { parts } = useOpened();
  return <parts.Label className="px-2 py-1.5 text-small break-words text-muted">{children}</parts.Label>;
}

export function MenuSeparator() {
  const { parts } = useOpened();
  return <parts.Separator className="-mx-1 my-1 h-px bg-border" />;
}
