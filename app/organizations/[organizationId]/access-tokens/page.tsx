import type { Metadata } from "next";
import { AccessTokensTab } from "@/app/access-tokens/access-tokens-tab";
import type { SearchParams } from "@/lib/web/read-cursor";
import { OrganizationShell } from "../organization-shell";

export const metadata: Metadata = { title: "Access Tokens" };

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function AccessTokensPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  return (
    <OrganizationShell organizationId={organizationId} tab="Access Tokens">
      <AccessTokensTab scope={{ organizationId }} searchParams={searchParams} />
    </OrganizationShell>
  );
}
