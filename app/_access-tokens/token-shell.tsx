import type { ReactNode } from "react";
import { ExactTime } from "@/app/_parts/exact-time";
import { listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { Shell } from "@/app/_parts/shell";
import type { Crumb } from "@/components/breadcrumbs";
import { Callout } from "@/components/ui/callout";
import { PageTabs } from "@/components/ui/tabs";
import type { Status } from "@/lib/access-tokens/access-token";
import { getRevoker } from "@/lib/access-tokens/activity/queries";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { getCredentials, getPendingRotation } from "@/lib/access-tokens/rotation/queries";
import { type ComingRevocation, getComingRevocation } from "@/lib/access-tokens/unused/queries";
import type { Permission } from "@/lib/auth/authorize";
import { count } from "@/lib/format";
import { getBounds } from "@/lib/policies/queries";
import { requireUser } from "@/lib/web/session";
import { visible, visibleGroup, visibleOrganization } from "@/lib/web/visible";
import { BothSecrets } from "./rotation/both-secrets";
import { TokenHeader } from "./token-header";

type Owner = { crumbs: Crumb[]; permissions: ReadonlySet<Permission> };

/** The breadcrumbs of the page's group or organization and the person's permissions there. 404 if it is not visible. */
export async function visibleOwner(scope: ScopeFields): Promise<Owner> {
  if ("organizationId" in scope) {
    const { id, name, permissions } = await visibleOrganization(scope.organizationId);
    return { crumbs: [{ label: name, href: `/organizations/${id}` }], permissions };
  }
  const { id, name, organization, permissions } = await visibleGroup(scope.groupId);
  const around = { label: organization.name, href: `/organizations/${organization.id}` };
  return { crumbs: [around, { label: name, href: `/groups/${id}` }], permissions };
}

const unusable = {
  revoked: {
    title: "This access token is revoked",
    text: "No session can use its settings until the token is reactivated.",
  },
  expired: {
    title: "This access token has expired",
    text: "It can’t be used again, and no session will use its settings.",
  },
};

type TokenShellProps = {
  scope: ScopeFields;
  tokenId: string;
  /** True for a tab that offers settings: where the token can't be used, it says so. */
  offersSettings?: boolean;
  children: ReactNode;
};

/** A token's page: its facts, and tabs for its settings and its activity. */
export async function TokenShell({ scope, tokenId, offersSettings = true, children }: TokenShellProps) {
  const person = await requireUser();
  const { crumbs, permissions } = await visibleOwner(scope);
  const token = await visible(getAccessToken(person, tokenId, scopeOf(scope)));
  const revoker = token.revokedAt ? await visible(getRevoker(person, scopeOf(scope), token)) : undefined;
  const rotation = token.retiringSecret ? await visible(getPendingRotation(person, token.id)) : undefined;
  const coming = token.status === "active" ? await visible(getComingRevocation(person, token.id)) : undefined;
  const credentials = await visible(getCredentials(person, token.id));
  const mayManage = permissions.has("access-tokens:manage");
  const mayRotate = permissions.has("access-tokens:rotate");
  const bounds = mayRotate ? await visible(getBounds(person, scopeOf(scope))) : undefined;
  const list = listPathOf(scope);
  const path = `${list}/${token.id}`;
  const tabs = [
    { href: path, label: "Version Control Access" },
    { href: `${path}/environment-variables`, label: "Environment Variables" },
    { href: `${path}/trusted-pipelines`, label: "Trusted Pipelines" },
    { href: `${path}/activity`, label: "Activity" },
  ];
  const { leakedAt, status } = token;
  const isSaid = leakedAt && status === "revoked";
  const why = status === "active" || isSaid ? undefined : unusable[status];
  return (
    <Shell
      person={person}
      titles={[token.name, ...crumbs.slice(-1).map(({ label }) => label)]}
      crumbs={[...crumbs, { label: "Access Tokens", href: list }, { label: token.name }]}
    >
      <TokenHeader
        token={token}
        revokedBy={revoker?.name}
        scope={scope}
        mayManage={mayManage}
        credentials={credentials}
        rotatesWithin={bounds}
      />
      {leakedAt && <LeakedNote leakedAt={leakedAt} status={status} />}
      {coming && <ComingNote {...coming} />}
      {rotation && <BothSecrets token={token} rotation={rotation} mayRotate={mayRotate && !leakedAt} />}
      {token.status === "active" && token.tokenSuffix === null && credentials.trustedPipelines === 0 && (
        <div className="mb-6">
          <Callout tone="amber" title="No secret and no trusted pipeline">
            Nothing can use this access token. “Rotate Token” makes a secret again.
          </Callout>
        </div>
      )}
      <PageTabs label={token.name} tabs={tabs}>
        {offersSettings && mayManage && why && (
          <div className="mb-4">
            <Callout title={why.title}>{why.text}</Callout>
          </div>
        )}
        {children}
      </PageTabs>
    </Shell>
  );
}

/** Until when the token has to be used. */
function ComingNote({ at, days }: ComingRevocation) {
  return (
    <div className="mb-6">
      <Callout tone="amber" title="This access token will be revoked as unused">
        The policy revokes tokens that were not used for {count(days, "day")}. Use it before <ExactTime instant={at} />,
        and it stays active.
      </Callout>
    </div>
  );
}

/** Why the token is revoked, and what can be done. */
function LeakedNote({ leakedAt, status }: { leakedAt: Date; status: Status }) {
  return (
    <div className="mb-6">
      <Callout tone="amber" title="This access token was revoked as leaked">
        Its secret was reported as leaked on <ExactTime instant={leakedAt} />, so it can’t be reactivated.{" "}
        {status === "expired"
          ? "The token has expired too: it can only be deleted."
          : "Find out where the secret was, then rotate the token, which makes it active again, or delete it. No session can use its settings until then."}
      </Callout>
    </div>
  );
}
