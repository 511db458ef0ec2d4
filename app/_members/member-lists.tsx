import { listHref, type ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { Pager } from "@/components/ui/pager";
import { SearchField } from "@/components/ui/search-field";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead, Toolbar } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { PersonMember } from "@/lib/members/queries";
import { RemoveMember } from "./remove-member";
import { RoleSelect } from "./role-select";
import { TechnicalUsers } from "./technical-users";
import type { VisibleMembers } from "./visible-members";

type MemberListsProps = {
  /** The path of the tab. */
  path: string;
  scope: ScopeFields;
  members: VisibleMembers;
  /** The signed-in person's id. */
  ownId: string;
  mayManage: boolean;
};

/** A search, a page of people, and folded a page of technical users. */
export function MemberLists({ path, scope, members, ownId, mayManage }: MemberListsProps) {
  const { search, people, technicalUsers } = members;
  const { items, nextCursor } = people.page;
  const href = (place: { cursor?: string; technical?: string }) => listHref(path, { search, ...place });
  return (
    <>
      <Toolbar label="Search members">
        <form action={path} className="flex min-w-0 flex-1 flex-wrap gap-2">
          <SearchField
            // The browser keeps a form's text across pages; another search has another field.
            key={search}
            label="Search by name or e-mail"
            name="search"
            defaultValue={search}
            maxLength={255}
            className="min-w-0 flex-1 basis-48 sm:max-w-80"
          />
        </form>
      </Toolbar>
      {items.length > 0 ? (
        <PeopleTable scope={scope} people={items} ownId={ownId} mayManage={mayManage} />
      ) : (
        <NoPeople path={path} isSearch={search !== ""} />
      )}
      <Pager
        label="Pages of members"
        previousHref={people.cursor && href({})}
        nextHref={nextCursor ? href({ cursor: nextCursor }) : undefined}
      />
      <TechnicalUsers scope={scope} list={technicalUsers} isOpen={search !== ""} hrefOf={href} />
    </>
  );
}

function NoPeople({ path, isSearch }: { path: string; isSearch: boolean }) {
  if (isSearch) {
    return (
      <EmptyState title="No matching people" action={<ButtonLink href={path}>Show all</ButtonLink>}>
        Nobody here has this in the name or in the e-mail address.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No people yet">
      People see a group once they are members of it; a group admin manages its members and access tokens.
    </EmptyState>
  );
}

type PeopleTableProps = { scope: ScopeFields; people: readonly PersonMember[]; ownId: string; mayManage: boolean };

function PeopleTable({ scope, people, ownId, mayManage }: PeopleTableProps) {
  return (
    <Table label="People">
      <TableHead>
        <ColumnHeader>Name</ColumnHeader>
        <ColumnHeader>E-mail</ColumnHeader>
        <ColumnHeader>Role</ColumnHeader>
        {mayManage && <ColumnHeader hidden>Actions</ColumnHeader>}
      </TableHead>
      <TableBody>
        {people.map(({ id, name, email, role }) => (
          <Row key={id}>
            <Cell label="Name" card="name">
              <Truncated className="font-semibold">{id === ownId ? `${name} (you)` : name}</Truncated>
            </Cell>
            <Cell label="E-mail" card="fact" grow>
              <Truncated>{email ?? ""}</Truncated>
            </Cell>
            <Cell label="Role" card={mayManage ? "actions" : "status"} tight>
              {mayManage ? (
                <RoleSelect scope={scope} user={{ id, name }} role={role} isSelf={id === ownId} />
              ) : (
                roleLabels[role]
              )}
            </Cell>
            {mayManage && (
              <Cell label="Actions" card="actions" tight>
                <RowActions>
                  <RemoveMember scope={scope} user={{ id, name }} isSelf={id === ownId} />
                </RowActions>
              </Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
