"use client";

import { useTransition } from "react";
import { signOutAction } from "@/app/sign-out/actions";
import { ThemeChoice } from "@/app/theme/theme-choice";
import { Button } from "@/components/ui/button";
import { ChevronDown, CircleUser } from "@/components/ui/icons";
import { Menu, MenuItem, MenuLink, MenuSeparator, MenuText } from "@/components/ui/menu";

/** The signed-in person, with links to their account and sign-out. Narrow screens show an icon instead of the name. */
export function UserMenu({ name, email }: { name: string; email: string }) {
  const [pending, startTransition] = useTransition();
  return (
    <Menu
      align="end"
      trigger={
        <Button variant="quiet" pending={pending} className="-mr-3 max-w-48">
          <CircleUser className="sm:hidden" />
          <span className="truncate max-sm:sr-only">{name}</span>
          <ChevronDown className="text-muted" />
        </Button>
      }
    >
      <MenuText>
        <span className="block font-medium text-text">{name}</span>
        <span className="block">{email}</span>
      </MenuText>
      <MenuSeparator />
      <MenuLink href="/account">Account</MenuLink>
      <MenuLink href="/api/v2.0/docs">API Documentation</MenuLink>
      <MenuSeparator />
      <ThemeChoice />
      <MenuSeparator />
      <MenuItem onSelect={() => startTransition(signOutAction)}>Sign out</MenuItem>
    </Menu>
  );
}
