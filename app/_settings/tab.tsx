import { CalendarSection } from "@/app/_calendar/section";
import { NotificationsSection } from "@/app/_notifications/section";
import type { ScopeFields } from "@/app/_parts/paths";
import { PoliciesSection } from "@/app/_policies/section";

type Props = { scope: ScopeFields };

/** What the admins of a group or an organization set for all of its access tokens. */
export function SettingsTab({ scope }: Props) {
  return (
    <div className="grid gap-10">
      <PoliciesSection scope={scope} />
      <NotificationsSection scope={scope} />
      <CalendarSection scope={scope} />
    </div>
  );
}
