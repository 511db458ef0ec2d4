import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { HiddenFields } from "@/components/ui/field";
import { reachable } from "@/lib/web/reachable";
import { replaceTokenAction } from "./actions";
import { CredentialField } from "./credential-field";
import { useCredentialForm } from "./use-credential-form";
import type { ShownAccess } from "./words";
import { tokenHelp } from "./words";

const replaceToken = reachable(replaceTokenAction);

type Props = { fields: Record<string, string>; access: ShownAccess; onClose: () => void };

export function ReplaceTokenDialog({ fields, access, onClose }: Props) {
  const { failed, submit, pending, ...credential } = useCredentialForm(replaceToken, ["token"], onClose);
  const leave = () => !pending && onClose();
  return (
    <Dialog
      open
      onOpenChange={leave}
      title="Replace token"
      description={
        <span className="wrap-anywhere">
          The new token is checked, then takes the place of the one for {access.providerUrl}.
        </span>
      }
      onInteractOutside={(event) => event.preventDefault()}
    >
      <ActionForm action={submit}>
        <HiddenFields fields={fields} />
        <CredentialField
          help={tokenHelp[access.providerType][access.tokenScope]}
          errors={failed?.fields?.token}
          {...credential}
        />
        <FormError>{failed?.message}</FormError>
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending} pendingLabel="Replacing…">
            Replace
          </Button>
        </DialogActions>
      </ActionForm>
    </Dialog>
  );
}
