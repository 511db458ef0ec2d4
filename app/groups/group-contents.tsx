import { use } from "react";
import { FormError } from "@/components/ui/action-form";
import type { GroupContents as Contents } from "@/lib/groups/delete";
import type { FormState } from "@/lib/web/form-state";

export type Counted = Promise<FormState<Contents>>;

/** What is deleted with the group. Suspends until the count has arrived. */
export function GroupContents({ counted }: { counted: Counted }) {
  const answer = use(counted);
  if (answer.status !== "done") return <FormError>{answer.status === "failed" && answer.message}</FormError>;
  const { accessTokens, members, runners } = answer.data;
  if (accessTokens + members + runners === 0) return <p>Nothing: it has no access tokens and no members.</p>;
  return (
    <ul className="list-disc pl-5">
      {accessTokens > 0 && (
        <li>{amount(accessTokens, "access token")}, with secrets, version control access and environment variables</li>
      )}
      {runners > 0 && <li>{amount(runners, "runner")}, unregistered in the background</li>}
      {members > 0 && <li>{amount(members, "membership")} of people, who stay in the organization</li>}
    </ul>
  );
}

function amount(number: number, noun: string): string {
  return `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
}
