import { ActivityTab } from "@/app/_access-tokens/activity/tab";
import { TokenShell } from "@/app/_access-tokens/token-shell";
import type { SearchParams } from "@/lib/web/read-cursor";

type Props = { params: Promise<{ organizationId: string; tokenId: string }>; searchParams: SearchParams };

export default async function ActivityPage({ params, searchParams }: Props) {
  const { organizationId, tokenId } = await params;
  return (
    <TokenShell scope={{ organizationId }} tokenId={tokenId} offersSettings={false}>
      <ActivityTab place={{ organizationId, tokenId }} searchParams={searchParams} />
    </TokenShell>
  );
}
