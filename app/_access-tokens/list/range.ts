/** Tokens of a list are counted up to this number. */
export const mostCounted = 1000;

/** A full page of the list. */
export const pageSize = 20;

type Page = { shown: number; total: number; hasPrevious: boolean; hasNext: boolean; first?: string | undefined };

/** The number of the page's first token in its list. Undefined if it lies beyond what is counted, or is not known. */
export function firstOf({ shown, total, hasPrevious, hasNext, first }: Page): number | undefined {
  if (!hasPrevious) return 1;
  if (!hasNext && total <= mostCounted) return total - shown + 1;
  return first && (total > mostCounted || Number(first) + shown <= total) ? Number(first) : undefined;
}

/** "21–40 of 47": which tokens of the list the page shows. */
export function rangeInWords(page: Page): string {
  const total = page.total > mostCounted ? `${mostCounted.toLocaleString("en")}+` : String(page.total);
  const first = firstOf(page);
  if (first === undefined) return `${page.shown} of ${total}`;
  const last = first + page.shown - 1;
  const range = first === last ? grouped(first) : `${grouped(first)}–${grouped(last)}`;
  return `${range} of ${last > mostCounted ? `more than ${grouped(mostCounted)}` : total}`;
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
