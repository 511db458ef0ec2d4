import { type DetailLine, detailLines } from "./detail-lines";
import { ExactTime } from "./exact-time";

/** More than a few lines are collapsed. */
const longest = 120;

export function Details({ detail }: { detail: Record<string, string | null> }) {
  const lines = detailLines(detail);
  if (lines.length === 0) return null;
  return (
    <ul className="text-label wrap-anywhere whitespace-normal text-muted">
      {lines.map(({ label, value }) => (
        <li key={label}>
          {label}: <Value value={value} />
        </li>
      ))}
    </ul>
  );
}

function Value({ value }: { value: DetailLine["value"] }) {
  if (typeof value !== "string") return <ExactTime instant={value} />;
  if (value.length <= longest) return value;
  return (
    <details className="inline">
      <summary className="cursor-pointer rounded-sm">{value.slice(0, longest)}…</summary>
      {value}
    </details>
  );
}
