"use client";

import { DropdownMenu as Radix } from "radix-ui";
import { type ComponentProps, cloneElement, type ReactElement, type ReactNode, useRef } from "react";
import { MenuContext } from "./menu-context";
import { useIsAlive } from "./use-is-alive";
import { useKeptFocus } from "./use-kept-focus";

type Props = {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<"button">>;
  /** MenuItem, MenuText and MenuSeparator. */
  children: ReactNode;
  align?: "start" | "end";
};

/**
 * What an item does happens once the menu is closed and its trigger has the focus again, so that a dialog opened by
 * an item returns the focus there.
 */
export function Menu({ trigger, children, align = "start" }: Props) {
  const chosen = useRef<() => void>(null);

  // The server sends the trigger alone: a list has a menu in each row, and none opens before the page is alive.
  const isAlive = useIsAlive();
  const keepFocus = useKeptFocus<HTMLButtonElement>();

  function runChosen() {
    const action = chosen.current;
    chosen.current = null;
    if (action) queueMicrotask(action);
  }

  if (!isAlive) return cloneElement(trigger, { "aria-haspopup": "menu", "aria-expanded": false, ref: keepFocus });
  return (
    // Not modal: that hides the page from those who hear it, yet leaves it focusable (axe: aria-hidden-focus).
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
