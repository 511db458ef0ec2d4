import type { Metadata } from "next";
import { roleLabels } from "@/app/_parts/role-labels";
import { EntrancePage } from "@/components/entrance-page";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { HiddenFields } from "@/components/ui/field";
import { findInvitation, type InvitationOffer } from "@/lib/invitations/queries";
import { signInPath } from "@/lib/web/callback-path";
import { currentUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { AcceptForm } from "./accept-form";
import { signOutHereAction } from "./actions";

export const metadata: Metadata = { robots: { index: false } };

/** The page of an invitation's link. Opening it changes nothing, because mail scanners open links too. */
export default async function InvitationPage({ params }: { params: Promise<{ secret: string }> }) {
  const { secret } = await params;
  const offer = await visible(findInvitation(secret));
  const { organization, inviterName, role } = offer;
  return (
    <EntrancePage
      title={`Join ${organization.name}`}
      lead={`${inviterName} has invited ${offer.email} as ${roleLabels[role].toLowerCase()}.`}
    >
      <NextStep secret={secret} offer={offer} />
    </EntrancePage>
  );
}

async function NextStep({ secret, offer }: { secret: string; offer: InvitationOffer }) {
  const visitor = await currentUser();
  if (visitor && visitor.email !== offer.email) return <SomeoneElse secret={secret} email={visitor.email} />;
  if (!visitor && !offer.newAccount) return <SignInFirst secret={secret} />;
  const { email, organization, newAccount } = offer;
  return <AcceptForm {...{ secret, email, organization }} password={visitor ? null : (newAccount?.password ?? null)} />;
}

function SomeoneElse({ secret, email }: { secret: string; email: string }) {
  return (
    <form action={signOutHereAction} className="flex flex-col gap-4">
      <Callout>
        <span className="wrap-anywhere">
          You are signed in as {email}. Sign out to accept this invitation with the address that it is for.
        </span>
      </Callout>
      <HiddenFields fields={{ secret }} />
      <Button type="submit" variant="primary">
        Sign out
      </Button>
    </form>
  );
}

function SignInFirst({ secret }: { secret: string }) {
  return (
    <>
      <p>This e-mail address already has an account. Sign in with it to accept the invitation.</p>
      <ButtonLink variant="primary" href={signInPath(`/invitations/${secret}`)}>
        Sign in
      </ButtonLink>
    </>
  );
}
