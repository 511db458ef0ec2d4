import { cx } from "@/components/ui/cx";

export type Crumb = { label: string; href?: string };

/** The last crumb is text. Narrow screens show only the last two. */
export function Breadcrumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center">
        {crumbs.map((crumb, index) => (
          <li
            key={crumb.href ?? crumb.label}
            className={cx(
              "flex min-w-0 items-center",
              index < crumbs.length - 1 && "sm:max-w-48 sm:shrink-0",
              index < crumbs.length - 2 && "max-sm:hidden",
              index === crumbs.length - 1 && "max-sm:max-w-2/3 max-sm:shrink-0",
            )}
          >
            <span aria-hidden className="mx-2 text-muted">
              /
            </span>
            <CrumbText crumb={crumb} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function CrumbText({ crumb: { label, href } }: { crumb: Crumb }) {
  if (!href) {
    return (
      <span aria-current="page" title={label} className="truncate">
        {label}
      </span>
    );
  }
  return (
    <a href={href} title={label} className="truncate rounded-sm text-muted hover:text-text hover:underline">
      {label}
    </a>
  );
}
