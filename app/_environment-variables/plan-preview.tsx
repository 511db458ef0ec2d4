import { Badge } from "@/components/ui/badge";
import { TriangleAlert } from "@/components/ui/icons";
import type { Tone } from "@/components/ui/status";
import type { Plan, PlannedLine } from "@/lib/environment-variables/dotenv-import";
import { byteSize, count } from "@/lib/format";
import { usageText } from "./variable-usage";

const words: Record<PlannedLine["kind"], { word: string; tone: Tone }> = {
  added: { word: "Added", tone: "green" },
  replaced: { word: "Replaced", tone: "amber" },
  refused: { word: "Refused", tone: "red" },
};

/** What each line of a .env text would change, and the usage afterwards. */
export function PlanPreview({ plan }: { plan: Plan }) {
  const { lines, problem } = plan;
  if (lines.length === 0) return null;
  return (
    <section aria-label="Preview" className="flex flex-col gap-2">
      <p>
        {summary(lines)}
        {!problem && <span className="block text-small text-muted">Afterwards {usageText(plan)}.</span>}
      </p>
      <ol
        aria-label="Lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it must scroll by keyboard.
        tabIndex={0}
        ref={focusOnce}
        className="max-h-[32dvh] divide-y divide-border overflow-y-auto rounded-md border border-border"
      >
        {lines.map((line) => (
          <PlanLine key={`${line.line} ${line.name}`} line={line} />
        ))}
      </ol>
    </section>
  );
}

function PlanLine({ line }: { line: PlannedLine }) {
  const { word, tone } = words[line.kind];
  const isRefused = line.kind === "refused";
  const note = isRefused ? line.reason : line.warning;
  return (
    <li className="px-3 py-2 text-small tabular-nums">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="w-16">
          <Badge tone={tone}>{word}</Badge>
        </span>
        <code className="min-w-0 flex-1 basis-40 font-mono wrap-anywhere">{line.name}</code>
        <span className="text-muted">
          line {line.line}
          {!isRefused && `, ${byteSize(line.size)}`}
        </span>
      </div>
      {note && (
        <p className="mt-1 flex gap-1.5 text-muted">
          {!isRefused && <TriangleAlert className="mt-px size-4 shrink-0 text-amber" />}
          <span className="min-w-0 wrap-anywhere">{note}</span>
        </p>
      )}
    </li>
  );
}

/** "3 variables added, 1 replaced, 2 lines refused." */
function summary(lines: readonly PlannedLine[]): string {
  const of = (kind: PlannedLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return `${count(of("added"), "variable")} added, ${of("replaced")} replaced, ${count(of("refused"), "line")} refused.`;
}

/** The Preview button no longer exists, so the focus moves here. */
function focusOnce(list: HTMLElement | null) {
  list?.focus();
}
