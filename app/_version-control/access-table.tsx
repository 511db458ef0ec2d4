import type { TokenRef } from "@/app/_parts/paths";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { StatusText } from "@/components/ui/status";
import { Table } from "@/components/ui/table";
import { Cell, CellLine, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { VersionControlAccess } from "@/lib/version-control/access";
import { typographic } from "@/lib/web/typographic";
import { AccessActions } from "./access-actions";
import { ProviderCell, TagList } from "./cells";
import { scopeLabels } from "./words";

const soon = 7 * 24 * 60 * 60 * 1000;

/** When the credential expires at the provider. `expiresAt` is null if the provider did not state it. */
function CredentialExpiry({ expiresAt, now }: { expiresAt: Date | null; now: Date }) {
  if (!expiresAt) return <span className="text-muted">Not stated</span>;
  const left = expiresAt.getTime() - now.getTime();
  return (
    <CellLine>
      <Time instant={expiresAt} now={now} />
      {left <= 0 ? <Badge tone="red">Expired</Badge> : left <= soon && <Badge tone="amber">Expires soon</Badge>}
    </CellLine>
  );
}

/** The result of the last check. Screen readers announce a new result. */
function CheckResult({ check, now }: { check: VersionControlAccess["check"]; now: Date }) {
  const isOk = check.status === "ok";
  return (
    <div role="status" className="flex flex-col">
      <span className="flex flex-wrap items-baseline gap-x-1.5">
        <StatusText tone={isOk ? "green" : "red"}>{isOk ? "OK" : "Failed"}</StatusText>
        <span className="text-label text-muted">
          <Time instant={check.checkedAt} now={now} />
        </span>
      </span>
      {check.message && <span className="wrap-anywhere">{typographic(check.message)}</span>}
    </div>
  );
}

type AccessTableProps = { tokenRef: TokenRef; accesses: readonly VersionControlAccess[]; now: Date };

export function AccessTable({ tokenRef, accesses, now }: AccessTableProps) {
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
          <AccessRow key={access.id} tokenRef={tokenRef} access={access} now={now} />
        ))}
      </TableBody>
    </Table>
  );
}

type RowProps = { tokenRef: TokenRef; access: VersionControlAccess; now: Date };

function AccessRow({ tokenRef, access, now }: RowProps) {
  const { id, providerType, providerUrl, tokenScope, targetId, tokenSuffix, check, tokenExpiresAt } = access;
  const { allowedTags, runUntagged, revision } = access;
  const shown = { id, providerType, providerUrl, tokenScope, allowedTags, runUntagged, revision };
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
      <Cell label="Last Check" card="fact" grow>
        <CheckResult check={check} now={now} />
      </Cell>
      <Cell label="Token Expires" card="fact" tight>
        <CredentialExpiry expiresAt={tokenExpiresAt} now={now} />
      </Cell>
      <Cell label="Actions" card="status">
        <AccessActions tokenRef={tokenRef} access={shown} describedBy={`${id}-provider`} />
      </Cell>
    </Row>
  );
}
