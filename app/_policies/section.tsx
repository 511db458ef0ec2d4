import type { ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { SectionHeader } from "@/components/ui/header";
import { getPolicy, tokensThatDontMeet } from "@/lib/policies/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { PolicyForm } from "./policy-form";

type Props = { scope: ScopeFields };

export async function PoliciesSection({ scope }: Props) {
  const person = await requireUser();
  const owner = "groupId" in scope ? "group" : "organization";
  const { stored, above } = await visible(getPolicy(person, scopeOf(scope)));
  const unmet = await visible(tokensThatDontMeet(person, scopeOf(scope), stored));
  return (
    <section aria-label="Policies">
      <SectionHeader title="Policies">
        What this {owner} demands of its access tokens{owner === "organization" && " and of those of its groups"}.
        Tokens that are there already keep their lifetime and role.
      </SectionHeader>
      <PolicyForm scope={scope} stored={stored} above={above} unmet={unmet} />
    </section>
  );
}
