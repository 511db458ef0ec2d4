import { roleLabels } from "@/app/access-tokens/role-labels";
import type { ScopeFields } from "@/app/access-tokens/scope-fields";
import { RowActions } from "@/components/ui/row-actions";
import { Table } from "@/components/ui/table";
import { ColumnHeader, TableHead } from "@/components/ui/table-head";
import { Cell, Row, TableBody } from "@/components/ui/table-rows";
import { Truncated } from "@/components/ui/truncated";
import type { Member } from "@/lib/members/list";
import { RemoveMember } from "./remove-member";
import { RoleSelect } from "./role-select";

type Props = { scope: ScopeFields; people: readonly Member[]; mayManage: boolean };

export function PeopleTable({ scope, people, mayManage }: Props) {
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
