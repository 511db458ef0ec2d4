import { ExactTime } from "@/app/_parts/exact-time";
import { relativeTime } from "@/lib/format";

type Props = { instant: Date; now: Date /** Who did it. */; by?: string };

/** An instant as text, and under it how long ago it was or how long until then. */
export function Moment({ instant, now, by }: Props) {
  return (
    <span>
      <ExactTime instant={instant} />
      <span className="block text-label text-muted">
        {relativeTime(instant, now)}
        {by && ` by ${by}`}
      </span>
    </span>
  );
}
