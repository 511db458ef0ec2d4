import type { ReactNode } from "react";
import { DocumentTitle } from "./document-title";
import { Mark } from "./mark";

type Props = { title: string; lead: ReactNode; children: ReactNode };

/** A page before sign-in: one card with one task. */
export function EntrancePage({ title, lead, children }: Props) {
  return (
    <main id="content" tabIndex={-1} className="mx-auto max-w-100 px-4 pt-[12vh] pb-8">
      <DocumentTitle parts={[title]} />
      <div className="flex items-center gap-2 font-semibold">
        <Mark className="size-6" />
        veHaaS
      </div>
      <div className="mt-4 flex flex-col gap-4 rounded-md border border-border bg-surface p-6">
        <div>
          <h1 className="text-title font-semibold wrap-anywhere">{title}</h1>
          <p className="mt-1 wrap-anywhere text-muted">{lead}</p>
        </div>
        {children}
      </div>
    </main>
  );
}
