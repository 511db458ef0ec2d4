"use client";

import Link from "next/link";
import { DropdownMenu as Radix } from "radix-ui";
import { type ReactNode, useContext } from "react";
import { cx } from "./cx";
import { MenuContext } from "./menu-context";

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

/** A menu item that leads somewhere; `isPage` where that is a page of this site. */
export function MenuLink({ href, isPage, children }: { href: string; isPage?: boolean; children: ReactNode }) {
  return (
    <Radix.Item asChild className={cx(look, "text-text")}>
      {isPage ? (
        <Link href={href} prefetch={false}>
          {children}
        </Link>
      ) : (
        <a href={href}>{children}</a>
      )}
    </Radix.Item>
  );
}

/** Something to read above the items, such as who is signed in. */
export function MenuText({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1.5 text-small break-words text-muted">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-border" />;
}
