import { TokenShell } from "@/app/_access-tokens/token-shell";
import { VersionControlTab } from "@/app/_version-control/tab";

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export default async function VersionControlAccessPage({ params }: Props) {
  const { groupId, tokenId } = await params;
  return (
    <TokenShell scope={{ groupId }} tokenId={tokenId}>
      <VersionControlTab tokenId={tokenId} />
    </TokenShell>
  );
}
