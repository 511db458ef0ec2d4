"use client";

import { Time, useTimeZone } from "@/components/time";
import { cx } from "@/components/ui/cx";
import { Truncated } from "@/components/ui/truncated";
import { exactDate, exactTime, relativeTime } from "@/lib/format";
import { expiresSoon } from "../status-looks";
import type { ListedToken } from "./visible-tokens";

/** `exact` shows instants with their time of day, in the viewer's time zone. */
type Props = { token: ListedToken; exact: boolean; now: Date };

export function Created({ token, exact }: Omit<Props, "now">) {
  return (
    <>
      <Day instant={token.createdAt} exact={exact} />
      <div className="text-label text-muted">
        <Truncated>{`by ${token.createdBy}`}</Truncated>
      </div>
    </>
  );
}

export function LastUsed({ token: { lastUsedAt }, exact, now }: Props) {
  if (!lastUsedAt) return <span className="text-muted">Never</span>;
  if (exact) return <Day instant={lastUsedAt} exact />;
  // A capital as in "Never", which stands in the same column.
  return (
    <span className="inline-block first-letter:uppercase">
      <Time instant={lastUsedAt} now={now} />
    </span>
  );
}

export function Expires({ token, exact, now }: Props) {
  return (
    <>
      <Day instant={token.expiresAt} exact={exact} />
      <span className={cx("block text-label", expiresSoon(token, now) ? "text-amber" : "text-muted")}>
        {relativeTime(token.expiresAt, now)}
      </span>
    </>
  );
}

function Day({ instant, exact }: { instant: Date; exact: boolean }) {
  const timeZone = useTimeZone();
  const time = exactTime(instant, timeZone);
  return (
    <time dateTime={instant.toISOString()} title={time} data-exact={time} className="block">
      {exact ? time : exactDate(instant, timeZone)}
    </time>
  );
}
