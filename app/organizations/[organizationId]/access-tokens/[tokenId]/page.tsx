import { TokenShell } from "@/app/_access-tokens/token-shell";
import { VersionControlTab } from "@/app/_version-control/tab";

type Props = { params: Promise<{ organizationId: string; tokenId: string }> };

export default async function VersionControlAccessPage({ params }: Props) {
  const { organizationId, tokenId } = await params;
  return (
    <TokenShell scope={{ organizationId }} tokenId={tokenId}>
      <VersionControlTab tokenId={tokenId} />
    </TokenShell>
  );
}
