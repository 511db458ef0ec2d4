import type { Metadata } from "next";
import { StatePage } from "@/components/state-page";
import { ButtonLink } from "@/components/ui/button-link";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <StatePage title="This page was not found" action={<ButtonLink href="/groups">Go to your groups</ButtonLink>}>
      It doesn’t exist, or it isn’t for you to see. Check the address, or ask an admin of the group for access.
    </StatePage>
  );
}
