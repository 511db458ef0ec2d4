import type { ScopeFields } from "@/app/_parts/paths";
import { SectionHeader } from "@/components/ui/header";

type Props = { scope: ScopeFields };

export function CalendarSection({ scope }: Props) {
  const owner = "groupId" in scope ? "group" : "organization";
  return (
    <section aria-label="Calendar">
      <SectionHeader title="Calendar">Expirations of this {owner} as a calendar feed.</SectionHeader>
    </section>
  );
}
