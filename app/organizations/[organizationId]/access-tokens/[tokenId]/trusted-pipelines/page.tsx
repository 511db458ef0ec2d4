import { TokenShell } from "@/app/_access-tokens/token-shell";
import { TrustedPipelinesTab } from "@/app/_trusted-pipelines/tab";

type Props = { params: Promise<{ organizationId: string; tokenId: string }> };

export default async function TrustedPipelinesPage({ params }: Props) {
  const { organizationId, tokenId } = await params;
  return (
    <TokenShell scope={{ organizationId }} tokenId={tokenId}>
      <TrustedPipelinesTab scope={{ organizationId }} tokenId={tokenId} />
    </TokenShell>
  );
}
