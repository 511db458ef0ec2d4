import type { ScopeFields } from "@/app/_parts/paths";
import { roleLabels } from "@/app/_parts/role-labels";
import { CopyId } from "@/components/copy-id";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader } from "@/components/ui/header";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { Credentials } from "@/lib/access-tokens/rotation/queries";
import type { Bounds } from "@/lib/policies/policy";
import { EditButton } from "./changes/edit-button";
import { Moment } from "./moment";
import { DeleteSecretButton } from "./rotation/delete-secret-button";
import { RotateButton } from "./rotation/rotate-button";
import { isRotatable } from "./rotation/rotation";
import { deletionInWords, suffixesInWords, usesInWords } from "./rotation/words";
import { TokenStatus } from "./token-status";

type Props = {
  token: AccessToken;
  /** Who revoked it, if that is known. */
  revokedBy: string | undefined;
  scope: ScopeFields;
  mayManage: boolean;
  credentials: Credentials;
  /** As of the status menu. */
  rotatesWithin: Bounds | undefined;
};

/** What a token is: its name, its description and its facts, with exact instants. */
export function TokenHeader({ token, revokedBy, scope, mayManage, credentials, rotatesWithin }: Props) {
  const now = new Date();
  const { id, name, description, status, role, revokedAt, lastUsedAt, expiresAt, tokenSuffix, revision } = token;
  const retiringSuffix = token.retiringSecret?.tokenSuffix ?? null;
  const rotated = { id, name, status, role, expiresAt, tokenSuffix, retiringSuffix, isLeaked: token.leakedAt !== null };
  const suffixes = [retiringSuffix, tokenSuffix].filter((suffix) => suffix !== null);
  const facts = [
    {
      term: "Status",
      value: <TokenStatus token={rotated} scope={scope} now={now} {...{ mayManage, rotatesWithin }} leavesPage />,
    },
    ...(revokedAt ? [{ term: "Revoked", value: <Moment instant={revokedAt} now={now} by={revokedBy} /> }] : []),
    {
      term: status === "expired" ? "Expired" : "Expires",
      value: <Moment instant={expiresAt} now={now} />,
    },
    { term: "Last Used", value: lastUsedAt ? <Moment instant={lastUsedAt} now={now} /> : "Never" },
    { term: "Role", value: roleLabels[role] },
    { term: "Technical User", value: token.technicalUser.username },
    {
      term: retiringSuffix ? "Secrets" : "Secret",
      value: <Secret {...{ tokenSuffix, retiringSuffix, credentials, now }} />,
    },
    { term: "Created", value: <Moment instant={token.createdAt} now={now} /> },
    { term: "Created By", value: token.createdBy.name },
  ];
  return (
    <PageHeader
      title={name}
      action={
        <div className="flex flex-wrap gap-2 print:hidden">
          {mayManage && <EditButton place={{ tokenId: id }} token={{ name, description }} />}
          {rotatesWithin !== undefined && isRotatable(rotated) && (
            <RotateButton token={rotated} scope={scope} bounds={rotatesWithin} />
          )}
          {rotatesWithin !== undefined && status !== "expired" && tokenSuffix && credentials.trustedPipelines > 0 && (
            <DeleteSecretButton
              token={{ id, name, revision }}
              sentences={deletionInWords({ status, suffixes, lastUsedAt: credentials.secretLastUsedAt, now })}
            />
          )}
          <CopyId id={id} />
        </div>
      }
    >
      {description && <p className="mb-4 max-w-[70ch] wrap-anywhere">{description}</p>}
      <DescriptionList items={facts} />
    </PageHeader>
  );
}

type SecretProps = {
  tokenSuffix: string | null;
  retiringSuffix: string | null;
  credentials: Credentials;
  now: Date;
};

/** The suffixes, and under them when secret and pipelines were last used. */
function Secret({ tokenSuffix, retiringSuffix, credentials, now }: SecretProps) {
  if (tokenSuffix === null) return suffixesInWords(null, null);
  const uses = usesInWords(credentials, now);
  return (
    <span>
      <code className="font-mono">{suffixesInWords(tokenSuffix, retiringSuffix)}</code>
      {uses && <span className="block text-label text-muted">{uses}</span>}
    </span>
  );
}
