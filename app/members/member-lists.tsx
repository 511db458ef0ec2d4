import type { ScopeFields } from "@/app/access-tokens/scope-fields";
import { EmptyState } from "@/components/ui/empty-state";
import { Pager } from "@/components/ui/pager";
import type { Page } from "@/lib/cursor";
import type { Member } from "@/lib/members/list";
import { PeopleTable } from "./people-table";
import { TechnicalUsers } from "./technical-users";

type Props = {
  /** The address of the tab. */
  path: string;
  scope: ScopeFields;
  page: Page<Member>;
  cursor: string | undefined;
  mayManage: boolean;
};

/** A page of people, then of technical users. */
export function MemberLists({ path, scope, page, cursor, mayManage }: Props) {
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
