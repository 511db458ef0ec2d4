import { roleLabels } from "@/app/access-tokens/role-labels";
import { SectionHeader } from "@/components/ui/section-header";
import { Table } from "@/components/ui/table";
import { ColumnHeader, TableHead } from "@/components/ui/table-head";
import { Cell, Row, TableBody } from "@/components/ui/table-rows";
import { Truncated } from "@/components/ui/truncated";
import type { Member } from "@/lib/members/list";

/** Apart from people, and without controls: each lives and dies with its access token. */
export function TechnicalUsers({ members }: { members: readonly Member[] }) {
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
