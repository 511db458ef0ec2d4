import type { Metadata } from "next";
import { AuditLogTab } from "@/app/audit-log/audit-log-tab";
import type { SearchParams } from "@/lib/web/read-cursor";
import { OrganizationShell } from "../organization-shell";

export const metadata: Metadata = { title: "Audit Log" };

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  return (
    <OrganizationShell organizationId={organizationId} tab="Audit Log">
      <AuditLogTab scope={{ organizationId }} searchParams={searchParams} />
    </OrganizationShell>
  );
}
