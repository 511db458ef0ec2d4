import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Table } from "@/components/ui/table";
import { Cell, CellLine, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import type { OwnSession } from "@/lib/sign-in/own-sessions";

export function SessionTable({ sessions, now }: { sessions: readonly OwnSession[]; now: Date }) {
  return (
    <Table label="Sessions">
      <TableHead>
        <ColumnHeader>Browser</ColumnHeader>
        <ColumnHeader>Network</ColumnHeader>
        <ColumnHeader>Signed In</ColumnHeader>
        <ColumnHeader>Last Seen</ColumnHeader>
      </TableHead>
      <TableBody>
        {sessions.map(({ id, browser, network, beganAt, lastSeenAt, isCurrent }) => (
          <Row key={id}>
            <Cell label="Browser" card="name">
              <CellLine>
                <span className="font-semibold">{browser}</span>
                {isCurrent && <Badge tone="green">This session</Badge>}
              </CellLine>
            </Cell>
            <Cell label="Network">{network ?? "Unknown"}</Cell>
            <Cell label="Signed In" card="fact" tight>
              <Time instant={beganAt} now={now} />
            </Cell>
            <Cell label="Last Seen" card="fact" tight>
              <Time instant={lastSeenAt} now={now} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
