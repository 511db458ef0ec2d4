import { roleLabels } from "@/app/_parts/role-labels";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { GroupListItem } from "@/lib/groups/queries";
import { GroupActions } from "./group-actions";

type Props = { label: string; groups: readonly GroupListItem[]; mayManage?: boolean };

/** Groups with the person's role in each. */
export function GroupTable({ label, groups, mayManage = false }: Props) {
  return (
    <Table label={label}>
      <TableHead>
        <ColumnHeader>Group</ColumnHeader>
        <ColumnHeader>Your role</ColumnHeader>
        {mayManage && <ColumnHeader hidden>Actions</ColumnHeader>}
      </TableHead>
      <TableBody>
        {groups.map((group) => (
          <Row key={group.id}>
            <Cell label="Group" card="name" grow>
              <div id={group.id}>
                <Truncated href={`/groups/${group.id}`} className="font-semibold">
                  {group.name}
                </Truncated>
              </div>
            </Cell>
            <Cell label="Your role" card="status" tight>
              {group.role ? roleLabels[group.role] : <span className="text-muted">None</span>}
            </Cell>
            {mayManage && (
              <Cell label="Actions" card="actions" tight>
                <RowActions>
                  <GroupActions group={{ id: group.id, name: group.name, organizationId: group.organizationId }} />
                </RowActions>
              </Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
