import { roleLabels } from "@/app/access-tokens/role-labels";
import { SectionHeader } from "@/components/ui/section-header";
import { Table } from "@/components/ui/table";
import { ColumnHeader, TableHead } from "@/components/ui/table-head";
import { Cell, Row, TableBody } from "@/components/ui/table-rows";
import { Truncated } from "@/components/ui/truncated";
import type { GroupListItem } from "@/lib/groups/queries";

/** One organization's groups, with the person's role in each. */
export function OrganizationGroups({ groups }: { groups: readonly GroupListItem[] }) {
  const name = groups[0]?.organizationName ?? "";
  return (
    <section className="mb-8">
      <SectionHeader title={name} />
      <Table label={`Groups of ${name}`}>
        <TableHead>
          <ColumnHeader>Group</ColumnHeader>
          <ColumnHeader>Your role</ColumnHeader>
        </TableHead>
        <TableBody>
          {groups.map((group) => (
            <Row key={group.id}>
              <Cell label="Group" grow>
                <Truncated href={`/groups/${group.id}`} className="font-semibold">
                  {group.name}
                </Truncated>
              </Cell>
              <Cell label="Your role" tight>
                {group.role ? roleLabels[group.role] : <span className="text-muted">None</span>}
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
