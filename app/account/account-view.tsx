"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { DescriptionList } from "@/components/ui/description-list";
import { PageHeader, SectionHeader } from "@/components/ui/header";
import { count } from "@/lib/format";
import type { Account } from "@/lib/sign-in/account";
import type { OwnSession } from "@/lib/sign-in/own-sessions";
import { ChangePasswordDialog } from "./change-password-dialog";
import { EndOtherSessions } from "./end-other-sessions";
import { SessionTable } from "./session-table";

type Props = { account: Account; sessions: OwnSession[]; now: Date };

/** The whole page as one browser component, with one status message for all its actions. */
export function AccountView({ account, sessions, now }: Props) {
  const [isChanging, setChanging] = useState(false);
  const [notice, announce] = useState("");
  const changed = (ended: number) => {
    setChanging(false);
    announce(`Your password was changed. ${endedWords(ended)}`);
  };
  return (
    <>
      <PageHeader
        title="Account"
        action={account.hasPassword && <Button onClick={() => setChanging(true)}>Change Password</Button>}
      >
        <DescriptionList
          items={[
            { term: "Name", value: account.name },
            { term: "Email", value: account.email },
            { term: "Way of signing in", value: wayIn(account) },
          ]}
        />
      </PageHeader>
      <p role="status" className="mt-4 text-small text-muted empty:sr-only">
        {notice}
      </p>
      <section aria-label="Sessions" className="mt-8">
        <SectionHeader title="Sessions" action={<EndOtherSessions onDone={(ended) => announce(endedWords(ended))} />}>
          The browsers in which you are signed in. If you don’t recognize one, sign out everywhere else.
        </SectionHeader>
        <SessionTable sessions={sessions} now={now} />
      </section>
      {isChanging && (
        <ChangePasswordDialog email={account.email} onChanged={changed} onClose={() => setChanging(false)} />
      )}
    </>
  );
}

function wayIn({ hasPassword, isLinked }: Account): string {
  if (!hasPassword) return "Your organization’s identity provider";
  return isLinked ? "Local password, or your organization’s identity provider" : "Local password";
}

function endedWords(ended: number): string {
  return ended === 0 ? "There was no other session." : `Signed out of ${count(ended, "other session")}.`;
}
