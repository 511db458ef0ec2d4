import { Time } from "@/components/time";
import { Table } from "@/components/ui/table";
import { ColumnHeader, TableHead } from "@/components/ui/table-head";
import { Cell, Row, TableBody } from "@/components/ui/table-rows";
import { Truncated } from "@/components/ui/truncated";
import type { AuditListItem } from "@/lib/audit/queries";
import { actionLabels, channelLabels, roleLabel } from "./labels";

export function AuditTable({ events }: { events: readonly AuditListItem[] }) {
  const now = new Date();
  return (
    <Table label="Audit log">
      <TableHead>
        <ColumnHeader>When</ColumnHeader>
        <ColumnHeader>Who</ColumnHeader>
        <ColumnHeader>What</ColumnHeader>
        <ColumnHeader>On</ColumnHeader>
        <ColumnHeader>From</ColumnHeader>
      </TableHead>
      <TableBody>
        {events.map((event) => (
          <Row key={event.id}>
            <Cell label="When" tight>
              <Time instant={event.occurredAt} now={now} />
            </Cell>
            <Cell label="Who">
              <Truncated>{event.actor.name}</Truncated>
            </Cell>
            <Cell label="What" tight>
              {actionLabels[event.action] ?? event.action}
              <RoleChange detail={event.detail} />
            </Cell>
            <Cell label="On" grow>
              <Truncated>{event.subject.name}</Truncated>
            </Cell>
            <Cell label="From" tight>
              {channelLabels[event.channel]}
              {event.address && <span className="text-muted"> · {event.address}</span>}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** From which role to which; an action that gives one only tells that one. */
function RoleChange({ detail }: { detail: AuditListItem["detail"] }) {
  const before = detail.previous_role && roleLabel(detail.previous_role);
  const after = detail.role && roleLabel(detail.role);
  const text = [before, after].filter(Boolean).join(" → ");
  return text && <span className="block text-label text-muted">{text}</span>;
}
