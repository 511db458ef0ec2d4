import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { CellLine } from "@/components/ui/table-rows";

const soon = 7 * 24 * 60 * 60 * 1000;

/** When the provider ends the credential; null where it has not said so. */
export function CredentialExpiry({ expiresAt, now }: { expiresAt: Date | null; now: Date }) {
  if (!expiresAt) return <span className="text-muted">Not stated</span>;
  const left = expiresAt.getTime() - now.getTime();
  return (
    <CellLine>
      <Time instant={expiresAt} now={now} />
      {left <= 0 ? <Badge tone="red">Expired</Badge> : left <= soon && <Badge tone="amber">Expires soon</Badge>}
    </CellLine>
  );
}
