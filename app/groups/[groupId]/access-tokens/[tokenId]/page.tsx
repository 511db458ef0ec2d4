import type { Metadata } from "next";
import { VersionControlTab } from "@/app/version-control/version-control-tab";
import { TokenShell } from "./token-shell";

export const metadata: Metadata = { title: "Version Control Access" };

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export default async function VersionControlAccessPage({ params }: Props) {
  const { groupId, tokenId } = await params;
  return (
    <TokenShell groupId={groupId} tokenId={tokenId}>
      <VersionControlTab place={{ groupId, tokenId }} />
    </TokenShell>
  );
}
