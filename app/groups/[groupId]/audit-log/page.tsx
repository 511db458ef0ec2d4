import type { Metadata } from "next";
import { EmptyState } from "@/components/ui/empty-state";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { listAuditEvents } from "@/lib/audit/queries";
import { groupScope } from "@/lib/auth/scope";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { GroupShell } from "../group-shell";
import { AuditTable } from "./audit-table";

export const metadata: Metadata = { title: "Audit Log" };

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  const actor = await requireUser();
  const { page, cursor } = await visible(
    readCursor(searchParams, (from) => listAuditEvents(actor, groupScope(groupId), { limit: 50, cursor: from })),
  );
  const path = `/groups/${groupId}/audit-log`;
  return (
    <GroupShell groupId={groupId} tab="Audit Log">
      <SectionHeader title="Audit log">
        Who changed what in this group, newest first. Nothing here can be changed.
      </SectionHeader>
      {page.items.length > 0 ? (
        <AuditTable events={page.items} />
      ) : (
        <EmptyState title="Nothing has happened yet">
          Changes to members and access tokens appear here, with who made them and when.
        </EmptyState>
      )}
      <Pager
        label="Pages of the audit log"
        previousHref={cursor && path}
        nextHref={page.nextCursor ? `${path}?cursor=${page.nextCursor}` : undefined}
      />
    </GroupShell>
  );
}
