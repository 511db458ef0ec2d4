import type { Metadata } from "next";
import { EnvironmentVariablesTab } from "@/app/environment-variables/environment-variables-tab";
import { visibleGroup } from "@/lib/web/visible-group";
import { TokenShell } from "../token-shell";

export const metadata: Metadata = { title: "Environment Variables" };

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export default async function EnvironmentVariablesPage({ params }: Props) {
  const { groupId, tokenId } = await params;
  const { permissions } = await visibleGroup(groupId);
  return (
    <TokenShell groupId={groupId} tokenId={tokenId}>
      <EnvironmentVariablesTab place={{ groupId, tokenId }} mayManage={permissions.has("access-tokens:manage")} />
    </TokenShell>
  );
}
