import { ExactTime } from "@/app/_parts/exact-time";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { AuditObject } from "@/lib/audit-log/objects";
import type { AuditListItem } from "@/lib/audit-log/queries";
import { Details } from "./details";
import { actionLabels, actionNotes, channelLabels } from "./labels";
import { type LogState, logHref, logPathOf } from "./log-href";

type Objects = ReadonlyMap<string, AuditObject>;
type Props = {
  scope: ScopeFields;
  state: LogState;
  events: readonly AuditListItem[];
  objects: Objects;
  /** False on a token's own page. */
  leadsToTokens?: boolean;
};

/** Actors and tokens are links to the log filtered by them. What still exists is a link to its page besides. */
export function AuditTable({ scope, state, events, objects, leadsToTokens = true }: Props) {
  const now = new Date();
  const path = logPathOf(scope);
  const nameOf = (id: string) => objects.get(id)?.name;
  return (
    <Table label="Audit log">
      <TableHead>
        <ColumnHeader>When</ColumnHeader>
        <ColumnHeader>Who</ColumnHeader>
        <ColumnHeader>What</ColumnHeader>
        <ColumnHeader>On</ColumnHeader>
        <ColumnHeader>Source</ColumnHeader>
      </TableHead>
      <TableBody>
        {events.map(({ id, occurredAt, actor, action, subject, detail, channel, address }) => (
          <Row key={id}>
            <Cell label="When" card="fact">
              <span className="@table:whitespace-nowrap">
                <ExactTime instant={occurredAt} now={now} />
              </span>
            </Cell>
            <Cell label="Who" card="wide">
              <Truncated href={logHref(path, state, { actor: actor.id })}>{actor.name}</Truncated>
              {actor.token && (
                <Truncated href={logHref(path, state, { token: actor.token.id })} className="text-label text-muted">
                  {actor.token.name ? `Token ${actor.token.name}` : "Deleted token"}
                </Truncated>
              )}
            </Cell>
            <Cell label="What" card="name">
              <div className="@table:min-w-72">
                {actionLabels[action] ?? action}
                {actionNotes[action] && (
                  <span className="block text-label whitespace-normal text-muted">{actionNotes[action]}</span>
                )}
                <Details detail={detail} nameOf={nameOf} />
                {action === "group.deleted" && (
                  <Truncated href={logHref(path, {}, { group: subject.id })} className="text-label text-accent">
                    Show its log
                  </Truncated>
                )}
              </div>
            </Cell>
            <Cell label="On" card="wide">
              <Subject {...{ subject, scope, state, objects, leadsToTokens }} />
            </Cell>
            <Cell label="Source" card="fact">
              <span className="block @table:whitespace-nowrap">{channelLabels[channel]}</span>
              {address && (
                <span className="block text-label wrap-anywhere text-muted @table:whitespace-nowrap">{address}</span>
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

type SubjectProps = { subject: AuditListItem["subject"] } & Omit<Props, "events">;

function Subject({ subject: { id, name }, scope, state, objects, leadsToTokens }: SubjectProps) {
  const object = objects.get(id);
  const pageHref = leadsToTokens && object?.tokenId ? `${listPathOf(scope)}/${object.tokenId}` : undefined;
  if (id.startsWith("run_")) return <Truncated href={pageHref}>{object?.name ?? "Runner that is gone"}</Truncated>;
  if (!id.startsWith("tok_")) return <Truncated>{name}</Truncated>;
  return (
    <>
      <Truncated href={logHref(logPathOf(scope), state, { token: id })}>{name}</Truncated>
      {pageHref && (
        <a href={pageHref} className="rounded-sm text-label text-accent hover:underline">
          Open token
        </a>
      )}
    </>
  );
}
