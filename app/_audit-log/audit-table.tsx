import { Time } from "@/components/time";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { AuditListItem } from "@/lib/audit-log/queries";
import { Details } from "./details";
import { actionLabels, channelLabels } from "./labels";
import { type LogState, logHref } from "./log-href";

type Props = { path: string; state: LogState; events: readonly AuditListItem[] };

/** Actors and tokens are links to the log filtered by them. */
export function AuditTable({ path, state, events }: Props) {
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
        {events.map(({ id, occurredAt, actor, action, subject, detail, channel, address }) => (
          <Row key={id}>
            <Cell label="When" tight>
              <Time instant={occurredAt} now={now} />
            </Cell>
            <Cell label="Who">
              <Truncated href={logHref(path, state, { actor: actor.id })}>{actor.name}</Truncated>
              {actor.token && (
                <Truncated href={logHref(path, state, { token: actor.token.id })} className="text-label text-muted">
                  {`Token ${actor.token.name ?? actor.token.id}`}
                </Truncated>
              )}
            </Cell>
            <Cell label="What">
              <div className="@table:min-w-64">
                {actionLabels[action] ?? action}
                <Details detail={detail} />
                {action === "group.deleted" && (
                  <Truncated href={logHref(path, {}, { group: subject.id })} className="text-label text-accent">
                    Show its log
                  </Truncated>
                )}
              </div>
            </Cell>
            <Cell label="On">
              <Truncated href={isToken(subject.id) ? logHref(path, state, { token: subject.id }) : undefined}>
                {subject.name}
              </Truncated>
            </Cell>
            <Cell label="From" tight>
              <span className="block">{channelLabels[channel]}</span>
              {address && <span className="block text-label wrap-anywhere text-muted">{address}</span>}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

const isToken = (id: string) => id.startsWith("tok_");
