import type { DayOfUses } from "@/lib/access-tokens/activity/queries";
import { count, dayAndMonth, exactDate } from "@/lib/format";

const step = 10;
const barWidth = 8;
const height = 100;

/** "3,421 uses in 30 days, up to 3,400 a day. Days are in UTC." */
export function usesInWords(days: readonly DayOfUses[]): string {
  const total = days.reduce((sum, { uses }) => sum + uses, 0);
  return `${count(total, "use")} in ${days.length} days, up to ${mostOf(days).toLocaleString("en")} a day. Days are in UTC.`;
}

function mostOf(days: readonly DayOfUses[]): number {
  return Math.max(...days.map(({ uses }) => uses));
}

/** A bar for each day, drawn on the server. Screen readers get a table. */
export function UsesChart({ days }: { days: readonly DayOfUses[] }) {
  const most = mostOf(days);
  const dates = days.map(({ day }) => new Date(`${day}T00:00:00Z`));
  const [first, last] = [dates[0], dates.at(-1)];
  return (
    <figure>
      {/* In forced colours an SVG keeps the colour of its parent, which is then the system's. */}
      <div className="text-accent">
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${days.length * step} ${height}`}
          preserveAspectRatio="none"
          fill="currentColor"
          className="block h-24 w-full border-b border-control-border"
        >
          {days.map(({ day, uses }, place) => (
            <Bar
              key={day}
              place={place}
              share={most && uses / most}
              label={`${exactDate(new Date(day))}: ${count(uses, "use")}`}
            />
          ))}
        </svg>
      </div>
      <p aria-hidden="true" className="mt-1 flex justify-between text-label text-muted tabular-nums">
        <span>{first && dayAndMonth(first)}</span>
        <span>{last && dayAndMonth(last)}</span>
      </p>
      <div className="sr-only">
        <table>
          <caption>Uses per day</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Uses</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, uses }) => (
              <tr key={day}>
                <th scope="row">{exactDate(new Date(day))}</th>
                <td>{uses.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** The whole height shows the label on hover. A day with few uses beside one with many still has a visible bar. */
function Bar({ place, share, label }: { place: number; share: number; label: string }) {
  const tall = share > 0 ? Math.max(2, share * height) : 0;
  return (
    <g>
      <title>{label}</title>
      <rect x={place * step} y={0} width={step} height={height} fill="transparent" />
      <rect x={place * step + (step - barWidth) / 2} y={height - tall} width={barWidth} height={tall} />
    </g>
  );
}
