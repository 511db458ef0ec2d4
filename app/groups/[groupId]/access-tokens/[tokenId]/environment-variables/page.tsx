import { TokenShell } from "@/app/_access-tokens/token-shell";
import { EnvironmentVariablesTab } from "@/app/_environment-variables/tab";

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export default async function EnvironmentVariablesPage({ params }: Props) {
  const { groupId, tokenId } = await params;
  return (
    <TokenShell scope={{ groupId }} tokenId={tokenId}>
      <EnvironmentVariablesTab scope={{ groupId }} tokenId={tokenId} />
    </TokenShell>
  );
}
