import { TokenShell } from "@/app/_access-tokens/token-shell";
import { EnvironmentVariablesTab } from "@/app/_environment-variables/tab";

type Props = { params: Promise<{ organizationId: string; tokenId: string }> };

export default async function EnvironmentVariablesPage({ params }: Props) {
  const { organizationId, tokenId } = await params;
  return (
    <TokenShell scope={{ organizationId }} tokenId={tokenId}>
      <EnvironmentVariablesTab scope={{ organizationId }} tokenId={tokenId} />
    </TokenShell>
  );
}
