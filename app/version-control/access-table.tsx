import type { TokenPlace } from "@/app/access-tokens/token-place";
import { Badge } from "@/components/ui/badge";
import { Table } from "@/components/ui/table";
import { ColumnHeader, TableHead } from "@/components/ui/table-head";
import { Cell, Row, TableBody } from "@/components/ui/table-rows";
import { Truncated } from "@/components/ui/truncated";
import type { VersionControlAccess } from "@/lib/version-control/access";
import { AccessActions } from "./access-actions";
import { CheckResult } from "./check-result";
import { CredentialExpiry } from "./credential-expiry";
import { ProviderCell } from "./provider-cell";
import { TagList } from "./tag-list";
import { scopeLabels } from "./words";

type Props = { place: TokenPlace; accesses: readonly VersionControlAccess[]; now: Date };

export function AccessTable({ place, accesses, now }: Props) {
  return (
    <Table label="Version control accesses">
      <TableHead>
        <ColumnHeader>Provider</ColumnHeader>
        <ColumnHeader>Scope</ColumnHeader>
        <ColumnHeader>Allowed Tags</ColumnHeader>
        <ColumnHeader>Token</ColumnHeader>
        <ColumnHeader>Last Check</ColumnHeader>
        <ColumnHeader>Token Expires</ColumnHeader>
        <ColumnHeader hidden>Actions</ColumnHeader>
      </TableHead>
      <TableBody>
        {accesses.map((access) => (
          <AccessRow key={access.id} place={place} access={access} now={now} />
        ))}
      </TableBody>
    </Table>
  );
}

type RowProps = { place: TokenPlace; access: VersionControlAccess; now: Date };

function AccessRow({ place, access, now }: RowProps) {
  const { id, providerType, providerUrl, tokenScope, targetId, tokenSuffix, check, tokenExpiresAt } = access;
  const { allowedTags, runUntagged, version } = access;
  const shown = { id, providerType, providerUrl, tokenScope, allowedTags, runUntagged, version };
  return (
    <Row>
      <ProviderCell id={`${id}-provider`} type={providerType} url={providerUrl} />
      <Cell label="Scope">
        <span className="block">{scopeLabels[tokenScope]}</span>
        <Truncated className="font-mono text-label text-muted">{targetId}</Truncated>
      </Cell>
      <Cell label="Allowed Tags">
        <div className="flex flex-col items-start gap-1">
          <TagList tags={allowedTags} none="Any" />
          {runUntagged && <Badge tone="amber">Runs untagged jobs</Badge>}
        </div>
      </Cell>
      <Cell label="Token" tight>
        <code className="font-mono whitespace-nowrap">…{tokenSuffix}</code>
      </Cell>
      <Cell label="Last Check" grow>
        <CheckResult check={check} now={now} />
      </Cell>
      <Cell label="Token Expires" tight>
        <CredentialExpiry expiresAt={tokenExpiresAt} now={now} />
      </Cell>
      <Cell label="Actions">
        <AccessActions place={place} access={shown} describedBy={`${id}-provider`} />
      </Cell>
    </Row>
  );
}
