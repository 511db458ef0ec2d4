import type { Metadata } from "next";
import { AuditLogTab } from "@/app/audit-log/audit-log-tab";
import { visibleLog } from "@/app/audit-log/visible-log";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { visibleOrganization } from "@/lib/web/visible-organization";
import { OrganizationShell } from "../organization-shell";

export const metadata: Metadata = { title: "Audit Log" };

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  const scope = { organizationId };
  const person = await requireUser();
  const organization = await visibleOrganization(organizationId);
  const log = await visibleLog(person, scope, searchParams);
  return (
    <OrganizationShell person={person} organization={organization} tab="Audit Log">
      <AuditLogTab scope={scope} log={log} />
    </OrganizationShell>
  );
}
