import type { ReactNode } from "react";

type Props = {
  title: string;
  /** What the list is for, or why it is empty. */
  children: ReactNode;
  action?: ReactNode;
};

export function EmptyState({ title, children, action }: Props) {
  return (
    <div className="flex flex-col items-center gap-1 rounded-lg border border-border bg-surface px-4 py-12 text-center">
      <h2 className="text-heading font-semibold">{title}</h2>
      <p className="max-w-prose text-balance text-muted">{children}</p>
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}
