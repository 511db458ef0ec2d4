import { StatePage } from "@/components/state-page";

export default function NotFound() {
  return (
    <StatePage tabTitle="Not found" title="This page was not found">
      It doesn’t exist, or it isn’t for you to see. Check the address, or ask an admin of the group for access.
    </StatePage>
  );
}
