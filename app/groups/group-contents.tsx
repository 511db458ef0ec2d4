import { use } from "react";
import { FormError } from "@/components/ui/action-form";
import { count } from "@/lib/format";
import type { GroupContents as Contents } from "@/lib/groups/delete";
import type { FormState } from "@/lib/web/form-state";

export type Counted = Promise<FormState<Contents>>;

/** What is deleted with the group. Suspends until the count has arrived. */
export function GroupContents({ counted }: { counted: Counted }) {
  const answer = use(counted);
  if (answer.status !== "done") return <FormError>{answer.status === "failed" && answer.message}</FormError>;
  const { accessTokens, members, runners } = answer.data;
  const contents = [
    {
      amount: accessTokens,
      one: "access token",
      fate: ", with secrets, version control access and environment variables",
    },
    { amount: runners, one: "runner", fate: ", unregistered in the background" },
    { amount: members, one: "membership", fate: " of people, who stay in the organization" },
  ].filter(({ amount }) => amount > 0);
  if (contents.length === 0) return <p>It has no access tokens, runners or members.</p>;
  return (
    <>
      <p>With it are deleted:</p>
      <ul className="list-disc pl-5">
        {contents.map(({ amount, one, fate }) => (
          <li key={one}>
            {count(amount, one)}
            {fate}
          </li>
        ))}
      </ul>
    </>
  );
}
