import type { Metadata } from "next";
import { StatePage } from "@/components/state-page";
import { ButtonLink } from "@/components/ui/button-link";

export const metadata: Metadata = { title: "Invitation" };

export default function InvitationNotFound() {
  return (
    <StatePage title="This invitation can’t be used" action={<ButtonLink href="/sign-in">Go to sign-in</ButtonLink>}>
      It was accepted already, has ended, or was withdrawn. If you have accepted it, sign in. Otherwise ask an
      organization admin to invite you again.
    </StatePage>
  );
}
