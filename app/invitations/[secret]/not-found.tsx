import { StatePage } from "@/components/state-page";
import { ButtonLink } from "@/components/ui/button-link";

export default function InvitationNotFound() {
  return (
    <StatePage
      tabTitle="Invitation"
      title="This invitation can’t be used"
      action={<ButtonLink href="/sign-in">Go to sign-in</ButtonLink>}
    >
      It was accepted already, has ended, or was withdrawn. If you have accepted it, sign in. Otherwise ask an
      organization admin to invite you again.
    </StatePage>
  );
}
