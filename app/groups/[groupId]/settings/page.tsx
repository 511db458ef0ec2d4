import { NotAllowed } from "@/app/_parts/not-allowed";
import { SettingsTab } from "@/app/_settings/tab";
import { requireUser } from "@/lib/web/session";
import { visibleGroup } from "@/lib/web/visible";
import { GroupShell } from "../group-shell";

type Props = { params: Promise<{ groupId: string }> };

export default async function GroupSettingsPage({ params }: Props) {
  const { groupId } = await params;
  const scope = { groupId };
  const person = await requireUser();
  const group = await visibleGroup(groupId);
  if (!group.permissions.has("settings:manage")) return <NotAllowed scope={scope} tab="Settings" />;
  return (
    <GroupShell person={person} group={group} tab="Settings">
      <SettingsTab scope={scope} />
    </GroupShell>
  );
}
