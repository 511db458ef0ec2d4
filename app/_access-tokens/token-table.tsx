import { listHref, type ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { Time } from "@/components/time";
import { SortHeader } from "@/components/ui/sort-header";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { ListState } from "./list-state";
import { TokenStatus } from "./token-status";
import type { ListedToken } from "./visible-tokens";

type Props = {
  path: string;
  scope: ScopeFields;
  state: ListState;
  tokens: ListedToken[];
  /** The token that was created last, which is marked. */
  newTokenId?: string;
  mayManage: boolean;
  /** The server's clock. */
  now: Date;
};

/** Rendered in the browser too, so that the server sends each token once as data and once as HTML. */
export function TokenTable({ path, scope, state, tokens, newTokenId, mayManage, now }: Props) {
  return (
    <Table label="Access tokens">
      <TableHead>
        <SortBy path={path} state={state} column="name" label="Name" />
        <ColumnHeader>Technical User</ColumnHeader>
        <ColumnHeader>Role</ColumnHeader>
        <SortBy path={path} state={state} column="created_at" label="Created" />
        <SortBy path={path} state={state} column="last_used_at" label="Last Used" />
        <SortBy path={path} state={state} column="expires_at" label="Expires" />
        <ColumnHeader>Status</ColumnHeader>
      </TableHead>
      <TableBody>
        {tokens.map((token) => (
          <TokenRow
            key={token.id}
            href={`${path}/${token.id}`}
            isNew={token.id === newTokenId}
            {...{ token, scope, now, mayManage }}
          />
        ))}
      </TableBody>
    </Table>
  );
}

type RowProps = { href: string; isNew: boolean; token: ListedToken; scope: ScopeFields; now: Date; mayManage: boolean };

function TokenRow({ href, isNew, token, scope, now, mayManage }: RowProps) {
  return (
    <Row marked={isNew}>
      <Cell label="Name" grow>
        <Truncated href={href} className="font-semibold">
          {token.name}
        </Truncated>
        <span className="block font-mono text-label text-muted">
          {`…${token.tokenSuffix}`}
          {isNew && <span className="ml-2 font-sans font-medium text-accent">New</span>}
        </span>
      </Cell>
      <Cell label="Technical User">
        <Truncated>{token.username}</Truncated>
      </Cell>
      <Cell label="Role" tight>
        {roleLabels[token.role]}
      </Cell>
      <Cell label="Created" tight>
        <Time instant={token.createdAt} now={now} />
      </Cell>
      <Cell label="Last Used" tight>
        {token.lastUsedAt ? <Time instant={token.lastUsedAt} now={now} /> : <span className="text-muted">Never</span>}
      </Cell>
      <Cell label="Expires" tight>
        <Time instant={token.expiresAt} now={now} />
      </Cell>
      <Cell label="Status" tight>
        <TokenStatus token={token} scope={scope} now={now} mayManage={mayManage} />
      </Cell>
    </Row>
  );
}

type SortProps = { path: string; state: ListState; column: string; label: string };

/** The first click sorts names ascending and times descending. The next click reverses the order. */
function SortBy({ path, state, column, label }: SortProps) {
  const current = state.sort ?? "-created_at";
  const first = column === "name" ? column : `-${column}`;
  const other = column === "name" ? `-${column}` : column;
  const direction = current.endsWith(column) ? (current.startsWith("-") ? "descending" : "ascending") : undefined;
  const sort = current === first ? other : first;
  return (
    <SortHeader href={listHref(path, { search: state.search, status: state.status, sort })} direction={direction}>
      {label}
    </SortHeader>
  );
}
