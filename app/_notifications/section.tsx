import type { ScopeFields } from "@/app/_parts/paths";
import { SectionHeader } from "@/components/ui/header";

type Props = { scope: ScopeFields };

export function NotificationsSection({ scope }: Props) {
  const owner = "groupId" in scope ? "group" : "organization";
  return (
    <section aria-label="Notifications">
      <SectionHeader title="Notifications">
        How the admins of this {owner} hear what happens to its access tokens.
      </SectionHeader>
    </section>
  );
}
