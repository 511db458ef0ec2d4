import { TokenShell } from "@/app/_access-tokens/token-shell";
import { TrustedPipelinesTab } from "@/app/_trusted-pipelines/tab";

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export default async function TrustedPipelinesPage({ params }: Props) {
  const { groupId, tokenId } = await params;
  return (
    <TokenShell scope={{ groupId }} tokenId={tokenId}>
      <TrustedPipelinesTab scope={{ groupId }} tokenId={tokenId} />
    </TokenShell>
  );
}
