import { Shell } from "@/app/_parts/shell";
import { getAccount } from "@/lib/sign-in/account";
import { listSessions } from "@/lib/sign-in/own-sessions";
import { readToken, requireUser } from "@/lib/web/session";
import { tellDatabaseAway } from "@/lib/web/tell-database-away";
import { AccountView } from "./account-view";

export default async function AccountPage() {
  const person = await requireUser();
  const [account, sessions] = await tellDatabaseAway(
    Promise.all([getAccount(person), listSessions(person, (await readToken()) ?? "")]),
  );
  return (
    <Shell person={person} titles={["Account"]} crumbs={[{ label: "Account" }]}>
      <AccountView account={account} sessions={sessions} now={new Date()} />
    </Shell>
  );
}
