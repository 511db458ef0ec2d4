import { ExactTime } from "@/app/_parts/exact-time";
import type { ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { SectionHeader } from "@/components/ui/header";
import { getCalendar } from "@/lib/calendars/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { CalendarLink } from "./calendar-link";

type Props = { scope: ScopeFields };

/** The link by which calendar programs read the expirations. */
export async function CalendarSection({ scope }: Props) {
  const person = await requireUser();
  const calendar = await visible(getCalendar(person, scopeOf(scope)));
  const owner = "groupId" in scope ? "group" : "organization";
  return (
    <section aria-label="Calendar">
      <SectionHeader title="Calendar">
        A link for calendar programs: when access tokens of this {owner} expire, and their stored credentials.
      </SectionHeader>
      <div className="grid max-w-[70ch] gap-3">
        <p>
          {calendar ? (
            <>
              {calendar.createdBy.name} created the link on <ExactTime instant={calendar.createdAt} />. It can’t be
              shown again: if it is lost, revoke it and create another one.
            </>
          ) : (
            "There is no link."
          )}
        </p>
        <p className="text-small text-muted">
          Whoever has the link sees the names of the access tokens, when they expire, and the URLs of their providers,
          without signing in. The link gives access to nothing else.
        </p>
        <CalendarLink scope={scope} exists={calendar !== undefined} />
      </div>
    </section>
  );
}
