import { roleLabels } from "@/app/_parts/role-labels";
import { Time } from "@/components/time";
import { SectionHeader } from "@/components/ui/header";
import { Table } from "@/components/ui/table";
import { Cell, ColumnHeader, Row, RowActions, TableBody, TableHead } from "@/components/ui/table-parts";
import { Truncated } from "@/components/ui/truncated";
import { organizationScope } from "@/lib/auth/scope";
import { listInvitations } from "@/lib/invitations/queries";
import { requireUser } from "@/lib/web/session";
import { WithdrawInvitation } from "./withdraw-invitation";

type Props = { organizationId: string; mayManage: boolean };

/** The organization's open invitations, for people who may withdraw them. Renders nothing if there are none. */
export async function Invitations({ organizationId, mayManage }: Props) {
  if (!mayManage) return null;
  const invitations = await listInvitations(await requireUser(), organizationScope(organizationId));
  if (invitations.length === 0) return null;
  const now = new Date();
  return (
    <section className="mt-8">
      <SectionHeader title="Invitations">Not accepted yet. Each link works once, for seven days.</SectionHeader>
      <Table label="Invitations">
        <TableHead>
          <ColumnHeader>Email</ColumnHeader>
          <ColumnHeader>Role</ColumnHeader>
          <ColumnHeader>Invited by</ColumnHeader>
          <ColumnHeader>Expires</ColumnHeader>
          <ColumnHeader hidden>Actions</ColumnHeader>
        </TableHead>
        <TableBody>
          {invitations.map(({ id, email, role, invitedBy, expiresAt }) => (
            <Row key={id}>
              <Cell label="Email" card="name" grow>
                <Truncated className="font-semibold">{email}</Truncated>
              </Cell>
              <Cell label="Role" card="status" tight>
                {roleLabels[role]}
              </Cell>
              <Cell label="Invited by" card="fact">
                <Truncated>{invitedBy.name}</Truncated>
              </Cell>
              <Cell label="Expires" card="fact" tight>
                <Time instant={expiresAt} now={now} />
              </Cell>
              <Cell label="Actions" card="actions" tight>
                <RowActions>
                  <WithdrawInvitation organizationId={organizationId} invitation={{ id, email }} />
                </RowActions>
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
