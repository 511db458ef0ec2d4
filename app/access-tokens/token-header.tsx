import { Time } from "@/components/time";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/page-header";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import { roleLabels } from "./role-labels";
import type { ScopeFields } from "./scope-fields";
import { TokenStatus } from "./token-status";

type Props = { token: AccessToken; scope: ScopeFields; mayManage: boolean };

/** What a token's page says of it. */
export function TokenHeader({ token, scope, mayManage }: Props) {
  const now = new Date();
  const facts = [
    { term: "Status", value: <TokenStatus token={token} scope={scope} now={now} mayManage={mayManage} leavesPage /> },
    { term: "Role", value: roleLabels[token.role] },
    { term: "Technical User", value: token.technicalUser.username },
    { term: "Secret", value: <code className="font-mono">…{token.tokenSuffix}</code> },
    { term: "Created By", value: token.createdBy.name },
    { term: "Created", value: <Time instant={token.createdAt} now={now} /> },
    { term: "Last Used", value: token.lastUsedAt ? <Time instant={token.lastUsedAt} now={now} /> : "Never" },
    { term: "Expires", value: <Time instant={token.expiresAt} now={now} /> },
  ];
  return (
    <PageHeader title={token.name}>
      <DescriptionList items={facts} />
    </PageHeader>
  );
}
