import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import type { NetworkUse } from "@/lib/access-tokens/activity/queries";
import { Moment } from "../moment";

type Props = { networks: readonly NetworkUse[]; now: Date };

export function NetworkTable({ networks, now }: Props) {
  return (
    <Table label="Last used from">
      <TableHead>
        <ColumnHeader>Network</ColumnHeader>
        <ColumnHeader>Client</ColumnHeader>
        <ColumnHeader>Last Used</ColumnHeader>
      </TableHead>
      <TableBody>
        {networks.map(({ network, client, lastUsedAt }) => (
          <Row key={network}>
            <Cell label="Network" card="name">
              <span className="font-mono wrap-anywhere">{network}</span>
            </Cell>
            <Cell label="Client" card="fact">
              {client ?? <span className="text-muted">Unknown</span>}
            </Cell>
            <Cell label="Last Used" card="fact">
              <Moment instant={lastUsedAt} now={now} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
