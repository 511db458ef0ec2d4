import type { ScopeFields } from "@/app/_parts/paths";
import { Badge } from "@/components/ui/badge";
import { StatusText } from "@/components/ui/status";
import { CellLine } from "@/components/ui/table-parts";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { StatusMenu, type StatusMenuProps } from "./changes/status-menu";
import { expiresSoon, statusLooks } from "./status-looks";

type Props = {
  token: Pick<AccessToken, "id" | "name" | "status" | "role" | "expiresAt" | "tokenSuffix"> & {
    retiringSuffix: string | null;
    isLeaked: boolean;
  };
  scope: ScopeFields;
  now: Date;
  mayManage: boolean;
} & Pick<StatusMenuProps, "rotatesWithin" | "leavesPage">;

/** The status as a button with a menu, or as text for people who may only read it. */
export function TokenStatus({ token, scope, now, mayManage, ...menu }: Props) {
  const { id, name, status, role, expiresAt, tokenSuffix, retiringSuffix, isLeaked } = token;
  const { label, tone } = statusLooks[status];
  const shown = mayManage ? (
    <StatusMenu
      token={{ id, name, status, role, expiresAt, tokenSuffix, retiringSuffix, isLeaked }}
      scope={scope}
      {...menu}
    />
  ) : (
    <StatusText tone={tone}>{label}</StatusText>
  );
  return (
    <CellLine>
      {shown}
      {expiresSoon(token, now) && <Badge tone="amber">Expires soon</Badge>}
    </CellLine>
  );
}
