"use client";

import { useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { Button } from "@/components/ui/button";
import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import { RowActions } from "@/components/ui/table-parts";
import { useFocusHandover } from "@/components/ui/use-focus";
import { type FormState, refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removeWebhookAction, resumeWebhookAction, sendTestMessageAction } from "./actions";
import type { ShownWebhook } from "./words";

const sendTest = reachable(sendTestMessageAction);
const resume = reachable(resumeWebhookAction);
const remove = reachable(removeWebhookAction);

type Props = {
  scope: ScopeFields;
  webhook: ShownWebhook;
  /** The id of the element that names the row's webhook. */
  describedBy: string;
};

export function WebhookActions({ scope, webhook: { id, host, isPaused }, describedBy }: Props) {
  const announce = useAnnounce();
  const [isRemoving, setRemoving] = useState(false);
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();
  const row = useFocusHandover<HTMLDivElement>();
  const fields = { ...scope, webhookId: id };

  function run<T>(
    action: (previous: FormState<T>, form: FormData) => Promise<FormState<T>>,
    done: (data: T) => string,
  ) {
    startTransition(async () => {
      const answer = await action({ status: "idle" }, toForm(fields));
      setError(refusalOf(answer)?.message);
      if (answer.status === "done") announce({ text: done(answer.data) });
    });
  }

  const button = { variant: "quiet", "aria-describedby": describedBy } as const;
  return (
    <div ref={row}>
      <RowActions>
        {isPaused ? (
          <Button
            {...button}
            pending={pending}
            pendingLabel="Resuming…"
            onClick={() => run(resume, () => `The webhook at ${host} gets messages again.`)}
          >
            Resume
          </Button>
        ) : (
          <Button {...button} pending={pending} pendingLabel="Sending…" onClick={() => run(sendTest, resultOf)}>
            Send test
          </Button>
        )}
        <Button {...button} onClick={() => setRemoving(true)}>
          Remove
        </Button>
      </RowActions>
      {error && (
        <div className="max-w-64">
          <FormError>{error}</FormError>
        </div>
      )}
      {isRemoving && (
        <ConfirmDialog
          title="Remove"
          pendingLabel="Removing…"
          onConfirm={async () => {
            const refusal = refusalOf(await remove({ status: "idle" }, toForm(fields)));
            if (!refusal) announce({ text: `The webhook at ${host} was removed.` });
            return refusal;
          }}
          onClose={() => setRemoving(false)}
        >
          <p>
            The webhook at <Subject>{host}</Subject> gets no more messages, and those on their way to it are not tried
            again.
          </p>
          <p>This can’t be undone. A webhook that you add again has another signing secret.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function resultOf({ isAccepted, answer }: { isAccepted: boolean; answer: string | null }): string {
  return isAccepted ? `The test message was delivered: ${answer}` : `The test message was not delivered: ${answer}`;
}
