import { Cell } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { ProviderType } from "@/db/enums";
import { providerLabels } from "./words";

type Props = { id?: string; type: ProviderType; url: string };

export function ProviderCell({ id, type, url }: Props) {
  return (
    <Cell label="Provider">
      <div id={id}>
        <span className="block font-semibold">{providerLabels[type]}</span>
        <Truncated className="text-label text-muted">{url}</Truncated>
      </div>
    </Cell>
  );
}
