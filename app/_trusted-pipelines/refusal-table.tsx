import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { RefusedExchange } from "@/lib/trusted-pipelines/queries";
import { typographic } from "@/lib/web/typographic";
import { type Asked, allowedBy } from "./shown";
import { differenceInWords, refInWords } from "./words";

type Props = { refusals: readonly RefusedExchange[]; now: Date; ask?: (asked: Asked) => void };

export function RefusalTable({ refusals, now, ask }: Props) {
  return (
    <Table label="Refused exchanges">
      <TableHead>
        <ColumnHeader>Time</ColumnHeader>
        <ColumnHeader>Project</ColumnHeader>
        <ColumnHeader>Ref</ColumnHeader>
        <ColumnHeader>Reason</ColumnHeader>
        {ask && <ColumnHeader hidden>Actions</ColumnHeader>}
      </TableHead>
      <TableBody>
        {refusals.map((refusal) => (
          <RefusalRow key={refusal.id} refusal={refusal} now={now} ask={ask} />
        ))}
      </TableBody>
    </Table>
  );
}

function RefusalRow({ refusal, now, ask }: Pick<Props, "now" | "ask"> & { refusal: RefusedExchange }) {
  const { id, occurredAt, job, reason, differences, allows } = refusal;
  const allowed = allowedBy(allows);
  return (
    <Row>
      <Cell label="Time" card="name" tight>
        <Time instant={occurredAt} now={now} />
      </Cell>
      <Cell label="Project">
        {job ? <Truncated>{job.project}</Truncated> : <span className="text-muted">Not proven</span>}
      </Cell>
      <Cell label="Ref">
        {job ? <Truncated>{refInWords(job.ref)}</Truncated> : <span className="text-muted">Not proven</span>}
      </Cell>
      <Cell label="Reason" card="wide" grow>
        <div id={`${id}-reason`} className="wrap-anywhere">
          {reason && <span className="block">{typographic(reason)}</span>}
          {differences.map((difference) => (
            <span key={`${difference.claim} ${difference.expected}`} className="block">
              {differenceInWords(difference)}
            </span>
          ))}
        </div>
      </Cell>
      {ask && (
        <Cell label="Actions" card="actions">
          {allowed && (
            <RowActions>
              <Button
                variant="quiet"
                aria-describedby={`${id}-reason`}
                onClick={() => ask({ for: "add", from: allowed })}
              >
                Allow this
              </Button>
            </RowActions>
          )}
        </Cell>
      )}
    </Row>
  );
}
