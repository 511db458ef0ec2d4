import { statusLooks } from "@/app/_access-tokens/status-looks";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { Pager } from "@/components/ui/pager";
import { StatusText } from "@/components/ui/status";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { Page } from "@/lib/cursor";
import type { TechnicalMember } from "@/lib/members/queries";

type Props = {
  scope: ScopeFields;
  list: { page: Page<TechnicalMember>; cursor: string | undefined };
  isOpen: boolean;
  hrefOf: (place: { technical?: string }) => string;
};

/** Has no controls: a technical user exists as long as its access token, to which its row leads. */
export function TechnicalUsers({ scope, list: { page, cursor }, isOpen, hrefOf }: Props) {
  if (page.items.length === 0) return null;
  const mayReadTokens = page.items.some(({ token }) => token);
  return (
    <details className="mt-8" open={isOpen || cursor !== undefined}>
      <summary className="w-fit cursor-pointer rounded-sm">
        <h2 className="inline text-heading font-semibold">Technical users</h2>
      </summary>
      <p className="mt-1 mb-4 max-w-prose text-muted">
        Each stands behind one access token. Their roles are given with the token and end with it.
      </p>
      <Table label="Technical users">
        <TableHead>
          {mayReadTokens && <ColumnHeader>Access Token</ColumnHeader>}
          <ColumnHeader>Username</ColumnHeader>
          <ColumnHeader>Role</ColumnHeader>
          {mayReadTokens && <ColumnHeader>Status</ColumnHeader>}
        </TableHead>
        <TableBody>
          {page.items.map(({ id, username, role, token }) => (
            <Row key={id}>
              {token && (
                <Cell label="Access Token" card="name" grow>
                  <Truncated href={`${listPathOf(scope)}/${token.id}`}>{token.name}</Truncated>
                </Cell>
              )}
              <Cell label="Username" card={token ? "wide" : "name"} grow>
                <Truncated>{username}</Truncated>
              </Cell>
              <Cell label="Role" tight>
                {roleLabels[role]}
              </Cell>
              {token && (
                <Cell label="Status" card="status" tight>
                  <StatusText tone={statusLooks[token.status].tone}>{statusLooks[token.status].label}</StatusText>
                </Cell>
              )}
            </Row>
          ))}
        </TableBody>
      </Table>
      <Pager
        label="Pages of technical users"
        previousHref={cursor && hrefOf({})}
        nextHref={page.nextCursor ? hrefOf({ technical: page.nextCursor }) : undefined}
      />
    </details>
  );
}
