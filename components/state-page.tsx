"use client";

import type { ReactNode } from "react";
import { DocumentTitle } from "./document-title";
import { Mark } from "./mark";
import { buttonClass } from "./ui/button";

type Props = {
  title: string;
  /** The browser tab's title. */
  tabTitle: string;
  children: ReactNode;
  /** A link to the groups if it is left out. */
  action?: ReactNode;
};

/**
 * A whole page for an error (not found, forbidden, failed) and what to do next. One browser component, because Next sends
 * "not found" and "forbidden" with every page (record 0130).
 */
export function StatePage({ title, tabTitle, children, action = goToGroups }: Props) {
  return (
    <main id="content" tabIndex={-1} className="mx-auto flex max-w-dialog flex-col px-4 pt-[15vh] pb-8 sm:px-6">
      <DocumentTitle parts={[tabTitle]} />
      <Mark className="mb-6 size-8" />
      <h1 className="text-title font-semibold text-balance">{title}</h1>
      <p className="mt-1 text-muted">{children}</p>
      <div className="mt-6">{action}</div>
    </main>
  );
}

const goToGroups = (
  <a href="/groups" className={buttonClass("secondary")}>
    Go to your groups
  </a>
);
