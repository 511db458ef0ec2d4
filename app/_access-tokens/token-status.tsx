import type { ScopeFields } from "@/app/_parts/paths";
import { Badge } from "@/components/ui/badge";
import { StatusText } from "@/components/ui/status";
import { CellLine } from "@/components/ui/table-parts";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { StatusMenu } from "./changes/status-menu";
import { expiresSoon, statusLooks } from "./status-looks";

type Props = {
  token: Pick<AccessToken, "id" | "name" | "status" | "expiresAt">;
  scope: ScopeFields;
  now: Date;
  mayManage: boolean;
  leavesPage?: boolean;
};

/** The status as a button with a menu, or as text for people who may only read it. */
export function TokenStatus({ token: { id, name, status, expiresAt }, scope, now, mayManage, leavesPage }: Props) {
  const { label, tone } = statusLooks[status];
  const shown = mayManage ? (
    <StatusMenu token={{ id, name, status }} scope={scope} leavesPage={leavesPage} />
  ) : (
    <StatusText tone={tone}>{label}</StatusText>
  );
  if (!expiresSoon({ status, expiresAt }, now)) return shown;
  return (
    <CellLine>
      {shown}
      <Badge tone="amber">Expires soon</Badge>
    </CellLine>
  );
}
