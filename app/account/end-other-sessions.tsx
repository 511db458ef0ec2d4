import { ConfirmButton } from "@/components/ui/confirm-button";
import { refusalOf } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { endOtherSessionsAction } from "./actions";

const endOtherSessions = reachable(endOtherSessionsAction);

/** `onDone` gets the number of sessions that ended. */
export function EndOtherSessions({ onDone }: { onDone: (ended: number) => void }) {
  async function end() {
    const answer = await endOtherSessions({ status: "idle" }, new FormData());
    if (answer.status === "done") onDone(answer.data);
    return refusalOf(answer);
  }

  return (
    <ConfirmButton
      label="Sign Out Everywhere Else"
      title="Sign Out Everywhere Else"
      pendingLabel="Signing out…"
      onConfirm={end}
    >
      <p>All of your sessions but this one end at once. What is typed there and not saved is lost.</p>
      <p>This can’t be undone. You can sign in there again.</p>
    </ConfirmButton>
  );
}
