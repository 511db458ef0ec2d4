"use client";

import * as Radix from "@radix-ui/react-dropdown-menu";
import {
  type ComponentProps,
  cloneElement,
  createContext,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useContext,
  useRef,
  useSyncExternalStore,
} from "react";
import { cx } from "./cx";
import { useKeptFocus } from "./use-focus";

/** The chosen item's action, until the menu is closed. */
const MenuContext = createContext<RefObject<(() => void) | null>>({ current: null });

type MenuProps = {
  trigger: ReactElement<ComponentProps<"button">>;
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

  // The server renders only the trigger: a list has a menu in each row, and none opens before hydration.
  const isAlive = useIsHydrated();
  const keepFocus = useKeptFocus<HTMLButtonElement>();

  function runChosen() {
    const action = chosen.current;
    chosen.current = null;
    if (action) queueMicrotask(action);
  }

  if (!isAlive) return cloneElement(trigger, { "aria-haspopup": "menu", "aria-expanded": false, ref: keepFocus });
  return (
    // Not modal: a modal menu hides the page from screen readers but leaves it focusable (axe: aria-hidden-focus).
    <Radix.Root modal={false}>
      <Radix.Trigger asChild ref={keepFocus}>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={runChosen}
          className="max-h-(--radix-dropdown-menu-content-available-height) max-w-72 min-w-44 animate-fade overflow-y-auto rounded-md border border-border bg-raised p-1 shadow-overlay"
        >
          <MenuContext value={chosen}>{children}</MenuContext>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const look =
  "flex min-h-control items-center gap-2 rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-hover " +
  "data-[disabled]:opacity-50 forced-colors:data-[highlighted]:outline [&_svg]:size-4 [&_svg]:shrink-0";

type ItemProps = { children: ReactNode; onSelect: () => void; danger?: boolean; disabled?: boolean };

export function MenuItem({ children, onSelect, danger, disabled }: ItemProps) {
  const chosen = useContext(MenuContext);
  return (
    <Radix.Item
      disabled={disabled}
      onSelect={() => {
        chosen.current = onSelect;
      }}
      className={cx(look, danger ? "text-red" : "text-text")}
    >
      {children}
    </Radix.Item>
  );
}

/** A menu item that is a link. */
export function MenuLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Radix.Item asChild className={cx(look, "text-text")}>
      <a href={href}>{children}</a>
    </Radix.Item>
  );
}

/** Several choices of which one is chosen. */
export function MenuChoices({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Radix.Group aria-label={label}>
      <MenuText>{label}</MenuText>
      {children}
    </Radix.Group>
  );
}

type ChoiceProps = { children: ReactNode; onSelect: () => void; isChosen: boolean };

/** The menu stays open, so that the effect can be seen. */
export function MenuChoice({ children, onSelect, isChosen }: ChoiceProps) {
  return (
    <Radix.Item
      role="menuitemradio"
      aria-checked={isChosen}
      onSelect={(event) => {
        event.preventDefault();
        onSelect();
      }}
      className={cx(look, "text-text before:w-4", isChosen && "font-medium before:content-['✓'_/_'']")}
    >
      {children}
    </Radix.Item>
  );
}

/** Text above the items, such as who is signed in. */
export function MenuText({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1.5 text-small break-words text-muted">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-border" />;
}

/** False on the server and during hydration, then true. */
function useIsHydrated(): boolean {
  return useSyncExternalStore(never, yes, no);
}

const never = () => () => {};
const yes = () => true;
const no = () => false;
