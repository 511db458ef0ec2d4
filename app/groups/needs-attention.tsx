import type { ReactNode } from "react";
import { ExactTime } from "@/app/_parts/exact-time";
import { listPathOf, ownerPathOf, type ScopeFields } from "@/app/_parts/paths";
import type { Attention, AttentionItem, AttentionKind } from "@/lib/attention/queries";
import { count, relativeTime } from "@/lib/format";

type Props = { attention: readonly Attention[]; now: Date };

/** What needs the person today, each row a link to where it is mended, if its token is not deleted. Nothing where there is nothing. */
export function NeedsAttention({ attention, now }: Props) {
  if (attention.length === 0) return null;
  return (
    <section aria-labelledby="needs-attention" className="mb-8">
      <h2 id="needs-attention" className="mb-2 text-heading font-semibold">
        Needs attention
      </h2>
      <div className="flex flex-col gap-4 rounded-lg border border-border bg-surface p-4">
        {attention.map(({ kind, items, others, isMore }) => (
          <div key={kind}>
            <h3 id={`attention-${kind}`} className="font-semibold">
              {titles[kind]}
            </h3>
            <ul aria-labelledby={`attention-${kind}`} className="flex flex-col">
              {items.map((item) => (
                <li
                  key={`${item.subject.id} ${item.providerUrl}`}
                  className="py-1 wrap-anywhere sm:grid sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)] sm:gap-x-4"
                >
                  {item.subject.isDeleted ? (
                    <span className="block">{item.subject.name}</span>
                  ) : (
                    <a href={hrefOf(kind, item)} className="block w-fit rounded-sm text-accent hover:underline">
                      {item.subject.name}
                    </a>
                  )}
                  <span className="block text-muted">
                    {item.owner.name}
                    {" · "}
                    {sentences[kind](item, now)}
                  </span>
                </li>
              ))}
              {others > 0 && (
                <li className="py-1 text-muted">
                  {isMore ? `and more than ${others} others` : `and ${count(others, "other")}`}
                </li>
              )}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}

const titles: Record<AttentionKind, string> = {
  expiring_token: "Access tokens that expire within 7 days",
  credential: "Stored credentials that expire within 14 days, or whose last check failed",
  runner: "Runners that can’t be unregistered",
  idle_admin_token: "Access tokens with an admin role that were not used for 90 days",
  webhook: "Webhooks that are paused",
};

const sentences: Record<AttentionKind, (item: AttentionItem, now: Date) => ReactNode> = {
  expiring_token: ({ at }, now) =>
    at && (
      <>
        expires <ExactTime instant={at} /> ({relativeTime(at, now)})
      </>
    ),
  credential: ({ providerUrl, reason, at }, now) => (
    <>
      {providerUrl}
      {reason && ` · ${reason}`}
      {at && (
        <>
          {" · "}
          {at > now ? "expires" : "expired"} <ExactTime instant={at} /> ({relativeTime(at, now)})
        </>
      )}
    </>
  ),
  runner: ({ subject, amount, providerUrl, reason }) => (
    <>
      {subject.isDeleted && "access token deleted · "}
      {count(amount, "runner")} at {providerUrl}
      {reason && ` · ${reason}`}
    </>
  ),
  idle_admin_token: ({ at, neverUsed }, now) =>
    at && (
      <>
        {neverUsed ? "never used, created" : "last used"} <ExactTime instant={at} /> ({relativeTime(at, now)})
      </>
    ),
  webhook: ({ at }, now) =>
    at && (
      <>
        paused <ExactTime instant={at} /> ({relativeTime(at, now)}), after three days of failures
      </>
    ),
};

/** Where it is mended. */
function hrefOf(kind: AttentionKind, item: AttentionItem): string {
  const scope = scopeOf(item);
  return kind === "webhook" ? `${ownerPathOf(scope)}/settings#webhooks` : `${listPathOf(scope)}/${item.subject.id}`;
}

function scopeOf({ owner: { groupId, organizationId } }: AttentionItem): ScopeFields {
  return groupId ? { groupId } : { organizationId };
}
