import { ActivityTab } from "@/app/_access-tokens/activity/tab";
import { TokenShell } from "@/app/_access-tokens/token-shell";
import type { SearchParams } from "@/lib/web/read-cursor";

type Props = { params: Promise<{ groupId: string; tokenId: string }>; searchParams: SearchParams };

export default async function ActivityPage({ params, searchParams }: Props) {
  const { groupId, tokenId } = await params;
  return (
    <TokenShell scope={{ groupId }} tokenId={tokenId} offersSettings={false}>
      <ActivityTab place={{ groupId, tokenId }} searchParams={searchParams} />
    </TokenShell>
  );
}
