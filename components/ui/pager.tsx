"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { ButtonLink } from "./button-link";
import { ChevronLeft, ChevronRight } from "./icons";
import { opensHere, useNavigation } from "./navigation-area";

type Props = { label: string; previousHref?: string; nextHref?: string };

/** "Previous" and "Next" under a table. Renders nothing if there is only one page. */
export function Pager({ label, previousHref, nextHref }: Props) {
  if (!previousHref && !nextHref) return null;
  return (
    <nav aria-label={label} className="mt-4 flex justify-end gap-2">
      <Step href={previousHref}>
        <ChevronLeft />
        Previous
      </Step>
      <Step href={nextHref}>
        Next
        <ChevronRight />
      </Step>
    </nav>
  );
}

function Step({ href, children }: { href: string | undefined; children: ReactNode }) {
  const { navigate } = useNavigation();
  if (!href) return <Button disabled>{children}</Button>;
  return (
    <ButtonLink
      href={href}
      onClick={(event) => {
        if (!opensHere(event)) return;
        event.preventDefault();
        navigate(href, true);
      }}
    >
      {children}
    </ButtonLink>
  );
}
