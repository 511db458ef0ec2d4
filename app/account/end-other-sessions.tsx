import { useState } from "react";
import { useConfirmed } from "@/app/_parts/use-confirmed";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { FormState } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { endOtherSessionsAction } from "./actions";

const endOtherSessions = reachable(endOtherSessionsAction);

/** `onDone` hears how many ended. */
export function EndOtherSessions({ onDone }: { onDone: (ended: number) => void }) {
  const [open, setOpen] = useState(false);
  const { error, pending, confirm, forgetError } = useConfirmed(
    async (previous: FormState<number>, form: FormData) => {
      const answer = await endOtherSessions(previous, form);
      if (answer.status === "done") onDone(answer.data);
      return answer;
    },
    () => setOpen(false),
  );

  function ask() {
    forgetError();
    setOpen(true);
  }

  return (
    <>
      <Button onClick={ask}>Sign Out Everywhere Else</Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Sign Out Everywhere Else"
        confirmLabel="Sign Out Everywhere Else"
        pendingLabel="Signing out…"
        pending={pending}
        error={error}
        onConfirm={() => confirm(new FormData())}
      >
        <p>All of your sessions but this one end at once. What is typed there and not saved is lost.</p>
        <p>This can’t be undone. You can sign in there again.</p>
      </ConfirmDialog>
    </>
  );
}
