import type { ScopeFields } from "@/app/_parts/paths";
import { Time } from "@/components/time";
import type { Tone } from "@/components/ui/status";
import { StatusText } from "@/components/ui/status";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import { type DeliveryState, notificationTypes } from "@/db/enums";
import { typographic } from "@/lib/web/typographic";
import type { ListedWebhook } from "@/lib/webhooks/queries";
import { type Delivery, hostIn } from "@/lib/webhooks/webhook";
import { WebhookActions } from "./webhook-actions";
import { eventLabels } from "./words";

type Props = { scope: ScopeFields; webhooks: readonly ListedWebhook[]; now: Date };

export function WebhookTable({ scope, webhooks, now }: Props) {
  return (
    <Table label="Webhooks">
      <TableHead>
        <ColumnHeader>URL</ColumnHeader>
        <ColumnHeader>Events</ColumnHeader>
        <ColumnHeader>State</ColumnHeader>
        <ColumnHeader>Last Deliveries</ColumnHeader>
        <ColumnHeader hidden>Actions</ColumnHeader>
      </TableHead>
      <TableBody>
        {webhooks.map((webhook) => (
          <WebhookRow key={webhook.id} scope={scope} webhook={webhook} now={now} />
        ))}
      </TableBody>
    </Table>
  );
}

function WebhookRow({ scope, webhook, now }: { scope: ScopeFields; webhook: ListedWebhook; now: Date }) {
  const { id, url, events, deliveries, pausedAt } = webhook;
  return (
    <Row>
      <Cell label="URL" card="name">
        <div id={`${id}-url`}>
          <span className="block font-semibold wrap-anywhere">{hostIn(url)}</span>
          <Truncated className="text-label text-muted">{url}</Truncated>
        </div>
      </Cell>
      <Cell label="Events">
        {events.length === notificationTypes.length ? (
          "All"
        ) : (
          <ul className="flex flex-col gap-1 @table:min-w-48">
            {events.map((type) => (
              <li key={type}>{eventLabels[type]}</li>
            ))}
          </ul>
        )}
      </Cell>
      <Cell label="State" card="status">
        <WebhookState webhook={webhook} now={now} />
      </Cell>
      <Cell label="Last Deliveries" card="wide" grow>
        {deliveries.length === 0 ? (
          <span className="text-muted">None yet</span>
        ) : (
          <ul className="flex flex-col gap-1.5">
            {deliveries.map((delivery) => (
              <DeliveryLine key={delivery.id} delivery={delivery} now={now} />
            ))}
          </ul>
        )}
      </Cell>
      <Cell label="Actions" card="actions">
        <WebhookActions
          scope={scope}
          webhook={{ id, host: hostIn(url), isPaused: pausedAt !== null }}
          describedBy={`${id}-url`}
        />
      </Cell>
    </Row>
  );
}

function WebhookState({ webhook: { pausedAt, failingSince }, now }: { webhook: ListedWebhook; now: Date }) {
  if (pausedAt) {
    return (
      <>
        <StatusText tone="red">Paused</StatusText>
        <span className="block text-label text-muted @table:min-w-32">
          <Time instant={pausedAt} now={now} />, after three days of failures
        </span>
      </>
    );
  }
  if (!failingSince) return <StatusText tone="green">Active</StatusText>;
  return (
    <>
      <StatusText tone="amber">Fails</StatusText>
      <span className="block text-label text-muted">
        first <Time instant={failingSince} now={now} />
      </span>
    </>
  );
}

const looks: Record<DeliveryState, { tone: Tone; label: string }> = {
  pending: { tone: "neutral", label: "Waiting" },
  delivered: { tone: "green", label: "Delivered" },
  failed: { tone: "red", label: "Failed" },
};

function DeliveryLine({ delivery, now }: { delivery: Delivery; now: Date }) {
  const { type, state, attempts, createdAt, lastAttemptAt, answer } = delivery;
  const isRetried = state === "pending" && attempts > 0;
  return (
    <li className="min-w-0">
      <span className="flex flex-wrap items-baseline gap-x-2">
        <StatusText tone={isRetried ? "amber" : looks[state].tone}>
          {isRetried ? "Tried again later" : looks[state].label}
        </StatusText>
        <span>{type === "test" ? "Test message" : eventLabels[type]}</span>
        <span className="text-label text-muted">
          <Time instant={lastAttemptAt ?? createdAt} now={now} />
          {attempts > 1 && `, ${attempts} attempts`}
        </span>
      </span>
      {answer && <span className="block text-label wrap-anywhere text-muted">{typographic(answer)}</span>}
    </li>
  );
}
