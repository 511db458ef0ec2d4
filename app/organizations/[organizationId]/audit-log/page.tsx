import { AuditLogTab } from "@/app/_audit-log/tab";
import { visibleLog } from "@/app/_audit-log/visible-log";
import { NotAllowed } from "@/app/_parts/not-allowed";
import { organizationOf } from "@/lib/organizations/queries";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { allowed } from "@/lib/web/visible";
import { OrganizationShell } from "../organization-shell";

type Props = { params: Promise<{ organizationId: string }>; searchParams: SearchParams };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const { organizationId } = await params;
  const scope = { organizationId };
  const person = await requireUser();
  const log = await allowed(visibleLog(person, scope, searchParams));
  if (!log) return <NotAllowed scope={scope} tab="Audit Log" />;
  return (
    <OrganizationShell person={person} organization={organizationOf(log.access)} tab="Audit Log">
      <AuditLogTab scope={scope} log={log} />
    </OrganizationShell>
  );
}
