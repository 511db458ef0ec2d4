import { Badge } from "@/components/ui/badge";
import { Cell } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { ProviderType } from "@/db/enums";
import { providerLabels } from "./words";

type ProviderCellProps = { id?: string; type: ProviderType; url: string };

export function ProviderCell({ id, type, url }: ProviderCellProps) {
  return (
    <Cell label="Provider" card="name">
      <div id={id}>
        <span className="block font-semibold">{providerLabels[type]}</span>
        <Truncated className="text-label text-muted">{url}</Truncated>
      </div>
    </Cell>
  );
}

/** Tags of a runner, or tags that runners may have. `none` is shown if there are none. */
export function TagList({ tags, none }: { tags: readonly string[]; none: string }) {
  if (tags.length === 0) return <span className="text-muted">{none}</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <li key={tag} className="min-w-0">
          <Badge wraps>{tag}</Badge>
        </li>
      ))}
    </ul>
  );
}
