import { ExactTime } from "@/app/_parts/exact-time";
import { type DetailLine, detailLines, type NameOf } from "./detail-lines";

/** More than a few lines are collapsed. */
const longest = 120;

type Props = { detail: Record<string, string | null>; nameOf?: NameOf };

export function Details({ detail, nameOf }: Props) {
  const lines = detailLines(detail, nameOf);
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
