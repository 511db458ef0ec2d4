import { useState } from "react";
import { useTimeZone } from "@/components/time";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Subject } from "@/components/ui/confirm-dialog";
import { DialogBody } from "@/components/ui/dialog-actions";
import { Field, HiddenFields, SelectField } from "@/components/ui/field";
import { FormActions } from "@/components/ui/form-dialog";
import type { Bounds } from "@/lib/policies/policy";
import { refusalOf } from "@/lib/web/form-state";
import { ExpirationField } from "../creation/expiration-field";
import { dateIn } from "../creation/expiry";
import { noExtension } from "../creation/policy-words";
import type { SecretFormProps } from "../reveal/secret-dialog";
import { extensionRefusedBy, type RotatedToken } from "./rotation";
import { choices } from "./words";

const longestDays = 30;
const usualDays = 7;

type Props = SecretFormProps & { token: RotatedToken; bounds: Bounds };

export function RotateForm({ token, bounds, idempotencyKey, answer, action, pending, onCancel }: Props) {
  const failed = refusalOf(answer);
  const timeZone = useTimeZone();
  const [oldSecret, setOldSecret] = useState("on_first_use");
  const isAtDate = oldSecret === "date";
  const hasSecret = token.tokenSuffix !== null;
  const refusedBy = extensionRefusedBy(token, bounds);
  // Not asked where there is no old secret, or where it leaked.
  const fixedEnd = token.isLeaked ? "now" : hasSecret ? undefined : "on_first_use";
  return (
    <ActionForm action={action}>
      <HiddenFields fields={{ tokenId: token.id, timeZone, idempotencyKey, oldSecret: fixedEnd }} />
      <DialogBody>
        <FormError>{failed && messageOf(failed)}</FormError>
        <p>
          <Subject>{token.name}</Subject> {hasSecret ? "gets a new secret" : "has no secret, and gets one"}
          {token.isLeaked && ", and is active again"}. Its role and settings stay as they are.
        </p>
        {token.isLeaked && <p>No secret that it had before is accepted again, since one was reported as leaked.</p>}
        {fixedEnd === undefined && (
          <SelectField
            label="Old secret ends"
            name="oldSecret"
            options={choices}
            value={oldSecret}
            onChange={(event) => setOldSecret(event.target.value)}
            help={choices.find(({ value }) => value === oldSecret)?.help}
            errors={isAtDate ? undefined : failed?.fields?.oldSecret}
          />
        )}
        {isAtDate && (
          <Field
            label="Date"
            name="date"
            type="date"
            required
            min={dateIn(0)}
            max={latestOf(token, longestDays)}
            defaultValue={latestOf(token, usualDays)}
            errors={failed?.fields?.date ?? failed?.fields?.oldSecret}
            help="The end of this day, at most 30 days ahead and not after the token’s expiration."
          />
        )}
        <ExpirationField
          longest={bounds.longestLifetime}
          timeZone={timeZone}
          errors={failed?.fields?.expiresAt}
          kept={token.expiresAt}
          laterRefused={refusedBy ? noExtension(refusedBy) : undefined}
        />
      </DialogBody>
      <FormActions submitLabel="Rotate" pendingLabel="Rotating…" pending={pending} onCancel={onCancel} />
    </ActionForm>
  );
}

/** The date in so many days or, if that is earlier, the last one that is over before the token expires. */
function latestOf({ expiresAt }: RotatedToken, days: number): string {
  const [earlier = ""] = [dateIn(days), dateIn(-1, expiresAt)].toSorted();
  return earlier < dateIn(0) ? dateIn(0) : earlier;
}

function messageOf({ code, message }: NonNullable<ReturnType<typeof refusalOf>>): string | undefined {
  if (code !== "rotation_pending") return message;
  return "Somebody has rotated this token meanwhile, and its old secret is still accepted. End the old secret or keep it on the token’s page, then rotate again.";
}
