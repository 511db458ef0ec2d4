import { Time } from "@/components/time";
import { SectionHeader } from "@/components/ui/header";
import type { Tone } from "@/components/ui/status";
import { StatusText } from "@/components/ui/status";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import type { RunnerState } from "@/db/enums";
import type { Runner } from "@/lib/version-control/queries";
import { typographic } from "@/lib/web/typographic";
import { ProviderCell, TagList } from "./cells";
import { runnerLabels } from "./words";

const tones: Record<RunnerState, Tone> = { registering: "neutral", registered: "green", unregistering: "amber" };

/** Runners that sessions registered with the token and that the provider may still have. */
export function RunnerTable({ runners, now }: { runners: readonly Runner[]; now: Date }) {
  return (
    <section className="mt-8">
      <SectionHeader title="Runners">
        Registered by sessions through the accesses above. They are unregistered when a session asks for it, and when
        the access is removed or the access token is revoked or deleted.
      </SectionHeader>
      <Table label="Runners">
        <TableHead>
          <ColumnHeader>Provider</ColumnHeader>
          <ColumnHeader>Tags</ColumnHeader>
          <ColumnHeader>Registered</ColumnHeader>
          <ColumnHeader>State</ColumnHeader>
        </TableHead>
        <TableBody>
          {runners.map((runner) => (
            <RunnerRow key={runner.id} runner={runner} now={now} />
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function RunnerRow({ runner, now }: { runner: Runner; now: Date }) {
  const { providerType, providerUrl, tags, createdAt, state, lastError } = runner;
  return (
    <Row>
      <ProviderCell type={providerType} url={providerUrl} />
      <Cell label="Tags">
        <TagList tags={tags} none="None" />
      </Cell>
      <Cell label="Registered" tight>
        <Time instant={createdAt} now={now} />
      </Cell>
      <Cell label="State" card="status">
        <StatusText tone={lastError ? "red" : tones[state]}>{runnerLabels[state]}</StatusText>
        {lastError && (
          <span className="block wrap-anywhere">{typographic(lastError)} It is tried again in the background.</span>
        )}
      </Cell>
    </Row>
  );
}
