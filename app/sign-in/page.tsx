import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Mark } from "@/components/mark";
import { FormError } from "@/components/ui/form-error";
import { isLocalSignInEnabled } from "@/lib/auth/local-accounts";
import { callbackPath } from "@/lib/web/callback-path";
import { isIdentityProviderConfigured } from "@/lib/web/identity-provider";
import { currentUser } from "@/lib/web/session";
import { tellDatabaseAway } from "@/lib/web/tell-database-away";
import { errorSentence } from "./error-sentence";
import { OrganizationForm } from "./organization-form";
import { PasswordForm } from "./password-form";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams;
  const wayBack = callbackPath(callbackUrl);
  if (await currentUser()) redirect(wayBack);
  const withOrganization = isIdentityProviderConfigured();
  const withPassword = await tellDatabaseAway(isLocalSignInEnabled());
  return (
    <main id="content" tabIndex={-1} className="mx-auto max-w-100 px-4 pt-[12vh] pb-8">
      <div className="flex items-center gap-2 font-semibold">
        <Mark className="size-6" />
        veHaaS
      </div>
      <div className="mt-4 flex flex-col gap-4 rounded-md border border-border bg-surface p-6">
        <div>
          <h1 className="text-title font-semibold">Sign in</h1>
          <p className="mt-1 text-muted">Test hardware and access tokens of your groups.</p>
        </div>
        <FormError>{errorSentence(error)}</FormError>
        {withOrganization && <OrganizationForm callbackUrl={wayBack} isPrimary={!withPassword} />}
        {withOrganization && withPassword && <Or />}
        {withPassword && <PasswordForm callbackUrl={wayBack} />}
        {!withOrganization && !withPassword && <NoWay />}
      </div>
    </main>
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
