import { AuditTable } from "@/app/_audit-log/audit-table";
import { logHref, logPathOf } from "@/app/_audit-log/log-href";
import { visibleLog } from "@/app/_audit-log/visible-log";
import { listHref, listPathOf, type ScopeFields, type TokenRef } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { type DayOfUses, getTokenActivity, type NetworkUse } from "@/lib/access-tokens/activity/queries";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { NetworkTable } from "./network-table";
import { UsesChart, usesInWords } from "./uses-chart";

type Props = { place: ScopeFields & TokenRef; searchParams: SearchParams };

/** How often, from where and for what the token is used, and what was done with it. */
export async function ActivityTab({ place, searchParams }: Props) {
  const actor = await requireUser();
  const { cursor } = await searchParams;
  const state = { token: place.tokenId };
  const tab = `${listPathOf(place)}/${place.tokenId}/activity`;
  const [activity, log] = await Promise.all([
    visible(getTokenActivity(actor, place.tokenId, scopeOf(place))),
    visibleLog(actor, place, Promise.resolve({ ...state, cursor }), tab),
  ]);
  const path = logPathOf(place);
  const at = (from: string | null) => (from ? listHref(tab, { cursor: from }) : undefined);
  return (
    <div className="flex flex-col gap-8">
      <Uses {...activity} />
      <NavigationArea>
        <section>
          <SectionHeader title="Events" action={<ButtonLink href={logHref(path, state)}>Show in Audit Log</ButtonLink>}>
            What was done with this token, and what was done to it, newest first.
          </SectionHeader>
          {log.items.length > 0 ? (
            <AuditTable scope={place} state={state} events={log.items} objects={log.objects} leadsToTokens={false} />
          ) : (
            <EmptyState title="No events yet">Changes to this token and what it does appear here.</EmptyState>
          )}
          <Pager label="Pages of events" previousHref={at(log.previousCursor)} nextHref={at(log.nextCursor)} />
        </section>
      </NavigationArea>
    </div>
  );
}

function Uses({ days, lastUsedFrom }: { days: DayOfUses[]; lastUsedFrom: NetworkUse[] }) {
  const isCounted = days.some(({ uses }) => uses > 0);
  if (!isCounted && lastUsedFrom.length === 0) {
    return (
      <section>
        <SectionHeader title="Uses" />
        <EmptyState title="No uses yet">
          Some minutes after a use, this shows how often the token was used on each day, and from which networks.
        </EmptyState>
      </section>
    );
  }
  return (
    <>
      <section>
        <SectionHeader title="Uses per day">
          {isCounted ? usesInWords(days) : "Not used in the last 30 days."}
        </SectionHeader>
        {isCounted && <UsesChart days={days} />}
      </section>
      <section>
        <SectionHeader title="Last used from">
          The latest networks, at most five, exact to a few minutes. An address is shown by its network only.
        </SectionHeader>
        {lastUsedFrom.length > 0 ? (
          <NetworkTable networks={lastUsedFrom} now={new Date()} />
        ) : (
          <p>No network is known yet.</p>
        )}
      </section>
    </>
  );
}
