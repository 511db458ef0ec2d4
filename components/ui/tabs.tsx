"use client";

import { usePathname } from "next/navigation";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

type Tab = { href: string; label: string };

/** `label` names what the tabs belong to, for screen readers. */
type Props = { label: string; tabs: readonly Tab[]; children: ReactNode };

// The borders of other tabs have the ground's colour: forced colours would show transparent ones.
const look =
  "flex h-10 items-center border-b-2 border-transparent font-medium text-muted hover:text-text " +
  "aria-selected:border-accent aria-selected:text-text focus-visible:rounded-sm " +
  "forced-colors:border-[Canvas] forced-colors:aria-selected:border-[Highlight]";

// A line under each row of tabs.
const lines = "bg-[repeating-linear-gradient(transparent_0_calc(2.5rem-1px),var(--border)_0_2.5rem)]";

/**
 * Tabs that are links. The current tab is the one whose path the page's path begins with. Arrow keys move between tabs,
 * Enter and Space open one: "tabs with manual activation" in the ARIA Authoring Practices.
 */
export function PageTabs({ label, tabs, children }: Props) {
  const current = currentTab(tabs, usePathname());
  // Roving tabindex: the Tab key reaches only the focused tab, or the current one.
  const [focused, setFocused] = useState<string>();
  const stop = focused ?? (current || tabs[0]?.href);
  const id = useId();
  return (
    <>
      <div role="tablist" aria-label={label} onKeyDown={moveOrOpen} className={`flex flex-wrap gap-x-6 ${lines}`}>
        {tabs.map(({ href, label }) => (
          <a
            key={href}
            id={href === current ? `${id}tab` : undefined}
            href={href}
            role="tab"
            aria-selected={href === current}
            aria-controls={href === current ? `${id}panel` : undefined}
            tabIndex={href === stop ? 0 : -1}
            onFocus={() => setFocused(href)}
            className={look}
          >
            {label}
          </a>
        ))}
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}tab`} className="pt-4">
        {children}
      </div>
    </>
  );
}

function currentTab(tabs: readonly Tab[], pathname: string): string {
  const over = tabs.filter(({ href }) => pathname === href || pathname.startsWith(`${href}/`));
  return over.reduce((longest, { href }) => (href.length > longest.length ? href : longest), "");
}

function moveOrOpen(event: KeyboardEvent<HTMLElement>) {
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const index = tabs.findIndex((tab) => tab.isSameNode(document.activeElement));
  const isShortcut = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  if (index < 0 || isShortcut) return;
  const last = tabs.length - 1;
  const keys: Record<string, () => void> = {
    ArrowRight: () => tabs[index === last ? 0 : index + 1]?.focus(),
    ArrowLeft: () => tabs[index === 0 ? last : index - 1]?.focus(),
    Home: () => tabs[0]?.focus(),
    End: () => tabs[last]?.focus(),
    " ": () => tabs[index]?.click(),
  };
  const act = keys[event.key];
  if (!act) return;
  // Prevents scrolling.
  event.preventDefault();
  act();
}

export { look as tabLook, moveOrOpen as moveBetweenTabs };
