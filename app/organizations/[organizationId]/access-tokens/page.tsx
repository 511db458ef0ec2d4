import { AccessTokensTab } from "@/app/_access-tokens/list/tab";
import { visibleTokens } from "@/app/_access-tokens/list/visible-tokens";
import { NotAllowed } from "@/app/_parts/not-allowed";
import { organizationOf } from "@/lib/organizations/queries";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { allowed } from "@/lib/web/visible";
import { OrganizationShell } from "../organization-shell";

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function AccessTokensPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  const scope = { organizationId };
  const person = await requireUser();
  const tokens = await allowed(visibleTokens(person, scope, searchParams));
  if (!tokens) return <NotAllowed scope={scope} tab="Access Tokens" />;
  return (
    <OrganizationShell person={person} organization={organizationOf(tokens.access)} tab="Access Tokens">
      <AccessTokensTab scope={scope} tokens={tokens} />
    </OrganizationShell>
  );
}
