import type { Metadata } from "next";
import { StatePage } from "@/components/state-page";
import { ButtonLink } from "@/components/ui/button-link";

export const metadata: Metadata = { title: "Not allowed" };

export default function Forbidden() {
  return (
    <StatePage
      title="You are not allowed to see this"
      action={<ButtonLink href="/groups">Go to your groups</ButtonLink>}
    >
      Your role doesn’t include this page. Ask an admin of the group to change your role if you need it.
    </StatePage>
  );
}
