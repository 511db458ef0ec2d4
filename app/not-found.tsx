import type { Metadata } from "next";
import { GoToGroups } from "@/components/go-to-groups";
import { StatePage } from "@/components/state-page";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <StatePage title="This page was not found" action={<GoToGroups />}>
      It doesn’t exist, or it isn’t for you to see. Check the address, or ask an admin of the group for access.
    </StatePage>
  );
}
