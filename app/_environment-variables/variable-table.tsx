import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import type { EnvironmentVariable } from "@/lib/environment-variables/environment-variable";
import { byteSize } from "@/lib/format";
import type { Asked } from "./variable-dialogs";

type Props = {
  variables: readonly EnvironmentVariable[];
  now: Date;
  /** Undefined for people who may only read. */
  ask?: (asked: Asked) => void;
};

export function VariableTable({ variables, now, ask }: Props) {
  return (
    <Table label="Environment variables">
      <TableHead>
        <ColumnHeader>Name</ColumnHeader>
        <ColumnHeader>Size</ColumnHeader>
        <ColumnHeader>Changed</ColumnHeader>
        <ColumnHeader>Changed By</ColumnHeader>
        {ask && <ColumnHeader hidden>Actions</ColumnHeader>}
      </TableHead>
      <TableBody>
        {variables.map((variable) => (
          <VariableRow key={variable.name} variable={variable} now={now} ask={ask} />
        ))}
      </TableBody>
    </Table>
  );
}

function VariableRow({ variable, now, ask }: Pick<Props, "now" | "ask"> & { variable: EnvironmentVariable }) {
  const { name, size, updatedAt, updatedBy } = variable;
  const id = `variable-${name}`;
  const about = { variant: "quiet", "aria-describedby": id } as const;
  return (
    <Row>
      <Cell label="Name" card="name" grow>
        <div id={id}>
          <Truncated className="font-mono font-semibold">{name}</Truncated>
        </div>
      </Cell>
      <Cell label="Size" tight>
        {byteSize(size)}
      </Cell>
      <Cell label="Changed" card="fact" tight>
        <Time instant={updatedAt} now={now} />
      </Cell>
      <Cell label="Changed By" card="fact">
        <Truncated>{updatedBy.name}</Truncated>
      </Cell>
      {ask && (
        <Cell label="Actions" card="actions">
          <RowActions>
            <Button {...about} onClick={() => ask({ for: "replace", name })}>
              Replace
            </Button>
            <Button {...about} onClick={() => ask({ for: "remove", name })}>
              Remove
            </Button>
          </RowActions>
        </Cell>
      )}
    </Row>
  );
}
