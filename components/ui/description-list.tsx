import type { ReactNode } from "react";

type Props = { items: readonly { term: string; value: ReactNode }[] };

/** Terms and values in a row that wraps. */
export function DescriptionList({ items }: Props) {
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 tabular-nums">
      {items.map(({ term, value }) => (
        <div key={term} className="max-w-full min-w-0">
          <dt className="text-label text-muted">{term}</dt>
          <dd className="flex min-h-6 flex-wrap items-center gap-x-2 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
