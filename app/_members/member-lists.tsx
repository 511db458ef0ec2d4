import type { ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { Pager } from "@/components/ui/pager";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { Page } from "@/lib/cursor";
import type { Member } from "@/lib/members/list";
import { RemoveMember } from "./remove-member";
import { RoleSelect } from "./role-select";

type PeopleTableProps = { scope: ScopeFields; people: readonly Member[]; mayManage: boolean };

function PeopleTable({ scope, people, mayManage }: PeopleTableProps) {
  return (
    <Table label="People">
      <TableHead>
        <ColumnHeader>Name</ColumnHeader>
        <ColumnHeader>E-mail</ColumnHeader>
        <ColumnHeader>Role</ColumnHeader>
        {mayManage && <ColumnHeader hidden>Actions</ColumnHeader>}
      </TableHead>
      <TableBody>
        {people.map(({ user, email, role }) => (
          <Row key={user.id}>
            <Cell label="Name">
              <Truncated className="font-semibold">{user.name}</Truncated>
            </Cell>
            <Cell label="E-mail" grow>
              <Truncated>{email ?? ""}</Truncated>
            </Cell>
            <Cell label="Role" tight>
              {mayManage ? <RoleSelect scope={scope} user={user} role={role} /> : roleLabels[role]}
            </Cell>
            {mayManage && (
              <Cell label="Actions" tight>
                <RowActions>
                  <RemoveMember scope={scope} user={user} />
                </RowActions>
              </Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** Has no controls: a technical user exists as long as its access token. */
function TechnicalUsers({ members }: { members: readonly Member[] }) {
  return (
    <section className="mt-8">
      <SectionHeader title="Technical users">
        Each stands behind one access token. Their roles are given with the token and end with it.
      </SectionHeader>
      <Table label="Technical users">
        <TableHead>
          <ColumnHeader>Username</ColumnHeader>
          <ColumnHeader>Role</ColumnHeader>
        </TableHead>
        <TableBody>
          {members.map(({ user, role }) => (
            <Row key={user.id}>
              <Cell label="Username" grow>
                <Truncated>{user.name}</Truncated>
              </Cell>
              <Cell label="Role" tight>
                {roleLabels[role]}
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

type MemberListsProps = {
  /** The path of the tab. */
  path: string;
  scope: ScopeFields;
  page: Page<Member>;
  cursor: string | undefined;
  mayManage: boolean;
};

/** A page of people, then of technical users. */
export function MemberLists({ path, scope, page, cursor, mayManage }: MemberListsProps) {
  const people = page.items.filter(({ kind }) => kind === "person");
  const technicalUsers = page.items.filter(({ kind }) => kind === "technical");
  return (
    <>
      {people.length > 0 && <PeopleTable scope={scope} people={people} mayManage={mayManage} />}
      {people.length === 0 && !cursor && (
        <EmptyState title="No people yet">
          People see a group once they are members of it; a group admin manages its members and access tokens.
        </EmptyState>
      )}
      {technicalUsers.length > 0 && <TechnicalUsers members={technicalUsers} />}
      <Pager
        label="Pages of members"
        previousHref={cursor && path}
        nextHref={page.nextCursor ? `${path}?cursor=${page.nextCursor}` : undefined}
      />
    </>
  );
}
