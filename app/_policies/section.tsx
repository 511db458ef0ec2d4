import type { ScopeFields } from "@/app/_parts/paths";
import { SectionHeader } from "@/components/ui/header";

type Props = { scope: ScopeFields };

export function PoliciesSection({ scope }: Props) {
  const owner = "groupId" in scope ? "group" : "organization";
  return (
    <section aria-label="Policies">
      <SectionHeader title="Policies">What this {owner} demands of its access tokens.</SectionHeader>
    </section>
  );
}
