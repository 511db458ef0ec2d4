import { useActionState } from "react";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { Field, HiddenFields } from "@/components/ui/field";
import type { FormState } from "@/lib/web/form-state";

type Props = {
  title: string;
  confirmLabel: string;
  pendingLabel: string;
  action: (previous: FormState<void>, form: FormData) => Promise<FormState<void>>;
  /** What is sent beside the name. */
  fields: Record<string, string>;
  name?: string;
  onClose: () => void;
};

/** Asks for a group's name: a new group's, or another one. */
export function GroupNameDialog({ title, confirmLabel, pendingLabel, action, fields, name, onClose }: Props) {
  const [answer, submit, pending] = useActionState(
    async (previous: FormState<void>, form: FormData) => {
      const next = await action(previous, form);
      if (next.status === "done") onClose();
      return next;
    },
    { status: "idle" },
  );
  const failed = answer.status === "failed" ? answer : undefined;
  const leave = () => !pending && onClose();
  return (
    <Dialog open onOpenChange={leave} title={title} onInteractOutside={(event) => event.preventDefault()}>
      <ActionForm action={submit}>
        <HiddenFields fields={fields} />
        <FormError>{failed?.message}</FormError>
        <Field
          label="Group Name"
          name="name"
          required
          autoComplete="off"
          defaultValue={name}
          errors={failed?.fields?.name}
        />
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending} pendingLabel={pendingLabel}>
            {confirmLabel}
          </Button>
        </DialogActions>
      </ActionForm>
    </Dialog>
  );
}
