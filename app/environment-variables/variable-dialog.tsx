import { useRef, useState } from "react";
import type { TokenPlace } from "@/app/access-tokens/token-place";
import { ActionForm } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogActions } from "@/components/ui/dialog-actions";
import { FormError } from "@/components/ui/form-error";
import type { Environment } from "@/lib/environment-variables/queries";
import { NameField } from "./name-field";
import { useSetVariable } from "./use-set-variable";
import { ValueField } from "./value-field";

const again = "“Confirm” once more stores your value all the same.";

type Props = {
  place: TokenPlace;
  environment: Environment;
  /** The variable whose value is replaced; without it, one is added. */
  replaces?: string;
  onClose: () => void;
};

export function VariableDialog({ place, environment, replaces, onClose }: Props) {
  const [typedName, setName] = useState("");
  const [value, setValue] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const { failed, submit, pending } = useSetVariable(onClose);
  const name = replaces ?? typedName;
  const old = environment.variables.find((variable) => variable.name === replaces);
  const leave = () => !pending && onClose();
  return (
    <Dialog
      open
      onOpenChange={leave}
      title={replaces === undefined ? "Add Variable" : "Replace"}
      description={replaces !== undefined && "The new value takes the place of the old one, which is deleted for good."}
      onInteractOutside={(event) => event.preventDefault()}
      onOpenAutoFocus={(event) => {
        if (replaces === undefined) return;
        event.preventDefault();
        field.current?.focus();
      }}
    >
      {/* What the page shows now: after a conflict that is what somebody else has made of it, as the refusal says. */}
      <ActionForm action={() => submit({ ...place, name, value, expected: old?.revision ?? null })}>
        <NameField name={name} onChange={replaces === undefined ? setName : undefined} errors={failed?.fields?.name} />
        <ValueField
          ref={field}
          name={name}
          value={value}
          onChange={setValue}
          environment={environment}
          errors={failed?.fields?.value}
        />
        <FormError>
          {failed?.message && (failed.code === "conflict" ? `${failed.message} ${again}` : failed.message)}
        </FormError>
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          <Button type="submit" variant="primary" pending={pending} pendingLabel="Storing…">
            Confirm
          </Button>
        </DialogActions>
      </ActionForm>
    </Dialog>
  );
}
