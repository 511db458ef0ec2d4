import { StatePage } from "@/components/state-page";

export default function Forbidden() {
  return (
    <StatePage tabTitle="Not allowed" title="You are not allowed to see this">
      Your role doesn’t include this page. Ask an admin of the group to change your role if you need it.
    </StatePage>
  );
}
