import { useState } from "react";
import type { TokenPlace } from "@/app/access-tokens/token-place";
import { ActionForm } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { CheckboxField } from "@/components/ui/checkbox-field";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { FormError } from "@/components/ui/form-error";
import type { Plan } from "@/lib/environment-variables/dotenv-import";
import { DotenvField } from "./dotenv-field";
import { PlanPreview } from "./plan-preview";
import { useDotenvImport } from "./use-dotenv-import";

export function PasteDialog({ place, onClose }: { place: TokenPlace; onClose: () => void }) {
  const { setText, plan, failed, preview, confirm, pending } = useDotenvImport(place, onClose);
  const [leftOutOf, setLeftOutOf] = useState<Plan>();
  const leave = () => !pending && onClose();
  const leaveOutRefused = plan !== undefined && leftOutOf === plan;
  const hasRefused = plan?.lines.some(({ kind }) => kind === "refused") ?? false;
  const isReady = !plan?.problem && (leaveOutRefused || !hasRefused);

  function submit() {
    if (!plan) preview();
    else if (isReady) confirm({ plan, leaveOutRefused });
  }

  return (
    <Dialog
      open
      onOpenChange={leave}
      title="Paste .env"
      description="You see what each line does before anything is changed."
      onInteractOutside={(event) => event.preventDefault()}
    >
      <ActionForm action={submit}>
        <DotenvField onChange={setText} errors={failed?.fields?.text} />
        {plan && <PlanPreview plan={plan} />}
        {plan && hasRefused && !plan.problem && (
          <CheckboxField
            label="Leave out the refused lines"
            checked={leaveOutRefused}
            onChange={(event) => setLeftOutOf(event.target.checked ? plan : undefined)}
          />
        )}
        <FormError>{plan?.problem ?? failed?.message}</FormError>
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          {plan ? (
            <Button type="submit" variant="primary" disabled={!isReady} pending={pending} pendingLabel="Storing…">
              Confirm
            </Button>
          ) : (
            <Button key="preview" type="submit" variant="primary" pending={pending} pendingLabel="Reading…">
              Preview
            </Button>
          )}
        </DialogActions>
      </ActionForm>
    </Dialog>
  );
}
