import type { Metadata } from "next";
import { AccessTokensTab } from "@/app/access-tokens/access-tokens-tab";
import type { SearchParams } from "@/lib/web/read-cursor";
import { GroupShell } from "../group-shell";

export const metadata: Metadata = { title: "Access Tokens" };

type Props = { params: Promise<{ groupId: string }>; searchParams: SearchParams };

export default async function AccessTokensPage({ params, searchParams }: Props) {
  const { groupId } = await params;
  return (
    <GroupShell groupId={groupId} tab="Access Tokens">
      <AccessTokensTab scope={{ groupId }} searchParams={searchParams} />
    </GroupShell>
  );
}
