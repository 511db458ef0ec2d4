import { Time } from "@/components/time";
import { Table } from "@/components/ui/table";
import { ColumnHeader, TableHead } from "@/components/ui/table-head";
import { Cell, Row, TableBody } from "@/components/ui/table-rows";
import { Truncated } from "@/components/ui/truncated";
import type { AuditListItem } from "@/lib/audit/queries";
import { actionLabels, channelLabels } from "./labels";

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
