import type { Metadata } from "next";
import { AuditLogTab } from "@/app/audit-log/audit-log-tab";
import type { SearchParams } from "@/lib/web/read-cursor";
import { GroupShell } from "../group-shell";

export const metadata: Metadata = { title: "Audit Log" };

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  return (
    <GroupShell groupId={groupId} tab="Audit Log">
      <AuditLogTab scope={{ groupId }} searchParams={searchParams} />
    </GroupShell>
  );
}
