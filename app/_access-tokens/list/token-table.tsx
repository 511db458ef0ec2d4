import { listHref, type ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { cx } from "@/components/ui/cx";
import { SortHeader } from "@/components/ui/sort-header";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, SelectCell, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { Bounds } from "@/lib/policies/policy";
import { suffixesInWords } from "../rotation/words";
import { TokenStatus } from "../token-status";
import type { ListState } from "./list-state";
import { Created, Expires, LastUsed } from "./token-times";
import type { ListedToken } from "./visible-tokens";

type Props = {
  path: string;
  scope: ScopeFields;
  state: ListState;
  tokens: ListedToken[];
  /** The token that was created last, which is marked. */
  newTokenId?: string;
  mayManage: boolean;
  /** As of the status menu. */
  rotatesWithin?: Bounds;
  /** Whether instants are shown with their time of day. */
  exact?: boolean;
  /** The ids of the selected tokens; undefined if none can be selected. */
  selected?: ReadonlySet<string>;
  /** Selects these tokens of the page, and no others. */
  onSelect?: (ids: string[]) => void;
  /** The database's clock, by which tokens expire. */
  now: Date;
};

const none: ReadonlySet<string> = new Set();

/** Rendered in the browser too, so that the server sends each token once as data and once as HTML. */
export function TokenTable(props: Props) {
  const {
    path,
    scope,
    state,
    tokens,
    newTokenId,
    mayManage,
    rotatesWithin,
    exact = false,
    selected = none,
    onSelect,
    now,
  } = props;
  const ids = tokens.map(({ id }) => id);
  const chosen = ids.filter((id) => selected.has(id));
  return (
    <Table label="Access tokens" className="token-table">
      <TableHead>
        {onSelect && (
          <SelectCell
            inHead
            label="Select all on this page"
            checked={chosen.length === ids.length}
            onChange={(checked) => onSelect(checked ? ids : [])}
          />
        )}
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
          <Row key={token.id} marked={token.id === newTokenId}>
            {onSelect && (
              <SelectCell
                label={`Select ${token.name}`}
                checked={selected.has(token.id)}
                onChange={(checked) =>
                  onSelect(checked ? [...chosen, token.id] : chosen.filter((id) => id !== token.id))
                }
              />
            )}
            <TokenCells
              href={`${path}/${token.id}`}
              isNew={token.id === newTokenId}
              {...{ token, scope, exact, now, mayManage, rotatesWithin }}
            />
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

type CellsProps = {
  href: string;
  isNew: boolean;
  token: ListedToken;
  scope: ScopeFields;
  exact: boolean;
  now: Date;
} & Pick<Props, "mayManage" | "rotatesWithin">;

function TokenCells({ href, isNew, token, scope, exact, now, ...may }: CellsProps) {
  return (
    <>
      <Cell label="Name" card="name">
        <div id={token.id}>
          <Truncated href={href} className="font-semibold">
            {token.name}
          </Truncated>
        </div>
        <span className={cx("block text-label text-muted", token.tokenSuffix !== null && "font-mono")}>
          {suffixesInWords(token.tokenSuffix, token.retiringSuffix)}
          {isNew && <span className="ml-2 font-sans font-medium text-accent">New</span>}
        </span>
      </Cell>
      <Cell label="Technical User">
        <Truncated>{token.username}</Truncated>
      </Cell>
      <Cell label="Role">{roleLabels[token.role]}</Cell>
      <Cell label="Created">
        <Created token={token} exact={exact} />
      </Cell>
      <Cell label="Last Used" card="fact">
        <LastUsed token={token} exact={exact} now={now} />
      </Cell>
      <Cell label="Expires" card="fact">
        <Expires token={token} exact={exact} now={now} />
      </Cell>
      <Cell label="Status" card="status">
        <TokenStatus token={token} scope={scope} now={now} {...may} />
      </Cell>
    </>
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
    <SortHeader href={listHref(path, { ...state, cursor: undefined, first: undefined, sort })} direction={direction}>
      {label}
    </SortHeader>
  );
}
