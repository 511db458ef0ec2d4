import type { ReactNode } from "react";
import { Breadcrumbs, type Crumb } from "./breadcrumbs";
import { Mark } from "./mark";

type Props = {
  /** The link of the product's name. */
  home?: string;
  crumbs?: readonly Crumb[];
  /** The user menu. */
  children?: ReactNode;
};

export function TopBar({ home = "/", crumbs = [], children }: Props) {
  return (
    <header className="border-b border-border bg-surface">
      <div className="mx-auto flex h-12 max-w-column items-center px-4 sm:px-6">
        <a href={home} className="flex shrink-0 items-center gap-2 rounded-sm font-semibold">
          <Mark className="size-5" />
          <span className={crumbs.length > 0 ? "max-sm:sr-only" : undefined}>veHaaS</span>
        </a>
        <Breadcrumbs crumbs={crumbs} />
        <div className="ml-3 shrink-0">{children}</div>
      </div>
    </header>
  );
}
