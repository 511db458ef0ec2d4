import { AuditLogTab } from "@/app/_audit-log/tab";
import { visibleLog } from "@/app/_audit-log/visible-log";
import { NotAllowed } from "@/app/_parts/not-allowed";
import { groupOf } from "@/lib/groups/queries";
import type { SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/session";
import { allowed } from "@/lib/web/visible";
import { GroupShell } from "../group-shell";

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const scope = { groupId };
  const person = await requireUser();
  const log = await allowed(visibleLog(person, scope, searchParams));
  if (!log) return <NotAllowed scope={scope} tab="Audit Log" />;
  return (
    <GroupShell person={person} group={groupOf(log.access)} tab="Audit Log">
      <AuditLogTab scope={scope} log={log} />
    </GroupShell>
  );
}
