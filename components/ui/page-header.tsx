import type { ReactNode } from "react";

type Props = { title: string /** The primary action of the page. */; action?: ReactNode; children?: ReactNode };

/** `children` stand under the title: a sentence, or the facts about the thing the page shows. */
export function PageHeader({ title, action, children }: Props) {
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
