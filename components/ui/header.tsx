import type { ReactNode } from "react";

type PageHeaderProps = {
  title: string /** The primary action of the page. */;
  action?: ReactNode;
  children?: ReactNode;
};

/** `children` are shown under the title: a sentence, or facts about what the page shows. */
export function PageHeader({ title, action, children }: PageHeaderProps) {
  return (
    <header className="mb-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 className="min-w-0 text-title font-semibold text-balance wrap-anywhere">{title}</h1>
        {action}
      </div>
      {children && <div className="mt-3">{children}</div>}
    </header>
  );
}

type SectionHeaderProps = {
  title: string /** What the title names, where it has a page. */;
  href?: string;
  /** The tab says the title already: here it is for screen readers. */
  isTab?: boolean;
  action?: ReactNode;
  children?: ReactNode;
};

/** The header of a part of a page, such as a tab's content. `children` is the sentence under the title. */
export function SectionHeader({ title, href, isTab, action, children }: SectionHeaderProps) {
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-60">
        <h2 className={isTab ? "sr-only" : "text-heading font-semibold wrap-anywhere"}>
          {href ? (
            <a href={href} className="rounded-sm text-accent hover:underline">
              {title}
            </a>
          ) : (
            title
          )}
        </h2>
        {children && <p className="max-w-prose text-muted">{children}</p>}
      </div>
      {action}
    </div>
  );
}
