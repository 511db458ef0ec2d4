import { ProviderCell } from "@/app/_version-control/cells";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import { count } from "@/lib/format";
import type { Asked, ShownPipeline } from "./shown";
import { mergeRequestsLabel, refName, refTypeLabel } from "./words";

type Props = {
  pipelines: readonly ShownPipeline[];
  now: Date;
  /** Undefined for people who may only read. */
  ask?: (asked: Asked) => void;
};

export function PipelineTable({ pipelines, now, ask }: Props) {
  return (
    <Table label="Trusted pipelines">
      <TableHead>
        <ColumnHeader>Provider</ColumnHeader>
        <ColumnHeader>Project</ColumnHeader>
        <ColumnHeader>Condition</ColumnHeader>
        <ColumnHeader>Lifetime</ColumnHeader>
        <ColumnHeader>Last Used</ColumnHeader>
        {ask && <ColumnHeader hidden>Actions</ColumnHeader>}
      </TableHead>
      <TableBody>
        {pipelines.map((pipeline) => (
          <PipelineRow key={pipeline.id} pipeline={pipeline} now={now} ask={ask} />
        ))}
      </TableBody>
    </Table>
  );
}

function PipelineRow({ pipeline, now, ask }: Pick<Props, "now" | "ask"> & { pipeline: ShownPipeline }) {
  const { id, providerType, providerUrl, project, projectId, ownerId, lifetimeMinutes, lastUsedAt } = pipeline;
  return (
    <Row>
      <ProviderCell id={`${id}-provider`} type={providerType} url={providerUrl} />
      <Cell label="Project">
        <div id={`${id}-project`}>
          <Truncated className="font-medium">{project}</Truncated>
          <span className="block text-label wrap-anywhere text-muted">
            ID {projectId}
            {ownerId && `, owner ${ownerId}`}
          </span>
        </div>
      </Cell>
      <Cell label="Condition" grow>
        <Condition pipeline={pipeline} />
      </Cell>
      <Cell label="Lifetime" tight>
        {count(lifetimeMinutes, "minute")}
      </Cell>
      <Cell label="Last Used" card="fact" tight>
        {lastUsedAt ? <Time instant={lastUsedAt} now={now} /> : <span className="text-muted">Never</span>}
      </Cell>
      {ask && (
        <Cell label="Actions" card="actions">
          <RowActions>
            <Button variant="quiet" aria-describedby={`${id}-project`} onClick={() => ask({ for: "remove", pipeline })}>
              Remove
            </Button>
          </RowActions>
        </Cell>
      )}
    </Row>
  );
}

/** Which of the project's jobs are trusted. */
function Condition({ pipeline }: { pipeline: ShownPipeline }) {
  const { providerType, ref, environment, protectedOnly, mergeRequests, hasKeys } = pipeline;
  return (
    <div className="flex flex-col items-start gap-1">
      {ref && (
        <span className="wrap-anywhere">
          {refTypeLabel(ref)} <code className="font-mono">{refName(ref)}</code>
        </span>
      )}
      {environment && (
        <span className="wrap-anywhere">
          Environment <code className="font-mono">{environment}</code>
        </span>
      )}
      {protectedOnly && <Badge>Protected only</Badge>}
      {mergeRequests && <Badge tone="amber">{mergeRequestsLabel[providerType]}</Badge>}
      {hasKeys && <Badge>Pasted keys</Badge>}
    </div>
  );
}
