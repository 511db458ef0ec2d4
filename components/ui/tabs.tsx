"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Tabs } from "radix-ui";
import type { KeyboardEvent, ReactNode } from "react";

type Tab = { href: string; label: string };

type Props = {
  /** What the tabs belong to, for those who hear it. */
  label: string;
  tabs: readonly Tab[];
  /** The `href` of the current tab; without it, the one that the address lies under. */
  current?: string;
  children: ReactNode;
};

const look =
  "-mb-px flex min-h-10 items-center border-b-2 border-transparent font-medium text-muted hover:text-text " +
  "data-[state=active]:border-accent data-[state=active]:text-text focus-visible:rounded-sm";

/** Tabs with addresses: each is a link; arrow keys move between them, Enter and Space open one. */
export function PageTabs({ label, tabs, current, children }: Props) {
  const pathname = usePathname();
  const value = current ?? currentTab(tabs, pathname);
  return (
    <Tabs.Root value={value} activationMode="manual">
      <Tabs.List asChild aria-label={label}>
        {/* No style attributes in the server's HTML: the content security policy refuses them. */}
        <div style={{ outline: undefined }} className="flex flex-wrap gap-x-6 border-b border-border">
          {tabs.map((tab) => (
            <Tabs.Trigger key={tab.href} value={tab.href} asChild>
              <Link href={tab.href} prefetch={false} type={undefined} onKeyDown={openWithSpace} className={look}>
                {tab.label}
              </Link>
            </Tabs.Trigger>
          ))}
        </div>
      </Tabs.List>
      <Tabs.Content value={value} tabIndex={undefined} asChild>
        <div style={{ animationDuration: undefined }} className="pt-6">
          {children}
        </div>
      </Tabs.Content>
    </Tabs.Root>
  );
}

function currentTab(tabs: readonly Tab[], pathname: string): string {
  const over = tabs.filter(({ href }) => pathname === href || pathname.startsWith(`${href}/`));
  return over.reduce((longest, { href }) => (href.length > longest.length ? href : longest), "");
}

function openWithSpace(event: KeyboardEvent<HTMLAnchorElement>) {
  if (event.key !== " ") return;
  event.preventDefault();
  event.currentTarget.click();
}
