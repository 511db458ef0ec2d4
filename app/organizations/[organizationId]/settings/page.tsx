import { NotAllowed } from "@/app/_parts/not-allowed";
import { SettingsTab } from "@/app/_settings/tab";
import { requireUser } from "@/lib/web/session";
import { visibleOrganization } from "@/lib/web/visible";
import { OrganizationShell } from "../organization-shell";

type Props = { params: Promise<{ organizationId: string }> };

export default async function OrganizationSettingsPage({ params }: Props) {
  const { organizationId } = await params;
  const scope = { organizationId };
  const person = await requireUser();
  const organization = await visibleOrganization(organizationId);
  if (!organization.permissions.has("settings:manage")) return <NotAllowed scope={scope} tab="Settings" />;
  return (
    <OrganizationShell person={person} organization={organization} tab="Settings">
      <SettingsTab scope={scope} />
    </OrganizationShell>
  );
}
