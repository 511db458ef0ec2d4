import { redirect } from "next/navigation";
import { EntrancePage } from "@/components/entrance-page";
import { FormError } from "@/components/ui/action-form";
import { Callout } from "@/components/ui/callout";
import { isLocalSignInEnabled } from "@/lib/sign-in/local-accounts";
import { callbackPath } from "@/lib/web/callback-path";
import { currentUser, readToken } from "@/lib/web/session";
import { isIdentityProviderConfigured } from "@/lib/web/sign-in/identity-provider";
import { tellDatabaseAway } from "@/lib/web/tell-database-away";
import { errorSentence } from "./error-sentence";
import { OrganizationForm } from "./organization-form";
import { PasswordForm } from "./password-form";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams;
  const wayBack = callbackPath(callbackUrl);
  if (await currentUser()) redirect(wayBack);
  const hasEnded = Boolean(await readToken());
  const withOrganization = isIdentityProviderConfigured();
  const withPassword = await tellDatabaseAway(isLocalSignInEnabled());
  return (
    <EntrancePage title="Sign in" lead="Test hardware and access tokens of your groups.">
      {hasEnded && <Callout>Your session has ended. Sign in again to go on where you were.</Callout>}
      <FormError>{errorSentence(error)}</FormError>
      {withOrganization && <OrganizationForm callbackUrl={wayBack} isPrimary={!withPassword} />}
      {withOrganization && withPassword && <Or />}
      {withPassword && <PasswordForm callbackUrl={wayBack} />}
      {withPassword && <p className="text-small text-muted">Forgot your password? Ask your operator.</p>}
      {!withOrganization && !withPassword && <NoWay />}
    </EntrancePage>
  );
}

function Or() {
  return (
    <p className="flex items-center gap-3 text-small text-muted before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
      or
    </p>
  );
}

function NoWay() {
  return (
    <p>
      No way to sign in is set up yet. Ask your operator to connect the organization’s identity provider, or to make the
      first account.
    </p>
  );
}
