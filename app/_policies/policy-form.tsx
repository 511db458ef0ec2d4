"use client";

import { useId } from "react";
import { ownerPathOf, type ScopeFields } from "@/app/_parts/paths";
import { useSubmit } from "@/app/_parts/use-submit";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { Button } from "@/components/ui/button";
import { CheckboxField, Field, HiddenFields } from "@/components/ui/field";
import type { Bounds, Policy } from "@/lib/policies/policy";
import type { Unmet } from "@/lib/policies/queries";
import { policyNames } from "@/lib/policies/words";
import { reachable } from "@/lib/web/reachable";
import { savePolicyAction } from "./actions";
import { UnmetTokens } from "./unmet-tokens";
import { useDraft } from "./use-draft";
import { usePreview } from "./use-preview";
import { aboutAdminRole, aboutLifetime, aboutUnused } from "./words";

const save = reachable(savePolicyAction);

type Props = { scope: ScopeFields; stored: Policy; above: Bounds; unmet: Unmet };

export function PolicyForm({ scope, stored, above, unmet }: Props) {
  const announce = useAnnounce();
  const id = useId();
  const { failed, submit, pending } = useSubmit(save, () => announce({ text: "The policy was saved." }));
  const preview = usePreview(unmet, stored);
  const draft = useDraft(`policy:${ownerPathOf(scope)}`, JSON.stringify(stored), (form) =>
    preview.ask(new FormData(form)),
  );
  const isRefused = above.adminRoleRefusedBy !== null;
  return (
    <ActionForm
      action={submit}
      aria-describedby={id}
      className="flex max-w-prose flex-col gap-4"
      onInput={(event) => preview.ask(new FormData(event.currentTarget))}
    >
      <HiddenFields
        fields={{
          ...scope,
          shown: JSON.stringify(stored),
          // A checkbox that is not offered keeps what is stored.
          allowsAdminRole: isRefused && stored.allowsAdminRole ? "on" : undefined,
        }}
      />
      <FormError>{failed?.message}</FormError>
      <Field
        label={policyNames.longestLifetimeDays}
        name="longestLifetimeDays"
        inputMode="numeric"
        autoComplete="off"
        defaultValue={stored.longestLifetimeDays ?? ""}
        placeholder={String(above.longestLifetime.days)}
        errors={failed?.fields?.longestLifetimeDays}
        help={aboutLifetime(above, stored)}
        className="max-w-32"
      />
      <CheckboxField
        label={policyNames.allowsAdminRole}
        name={isRefused ? undefined : "allowsAdminRole"}
        defaultChecked={stored.allowsAdminRole && !isRefused}
        disabled={isRefused}
        errors={failed?.fields?.allowsAdminRole}
        help={aboutAdminRole(above)}
      />
      <Field
        label={policyNames.revokeUnusedAfterDays}
        name="revokeUnusedAfterDays"
        inputMode="numeric"
        autoComplete="off"
        defaultValue={stored.revokeUnusedAfterDays ?? ""}
        placeholder={above.revokeUnused ? String(above.revokeUnused.days) : undefined}
        errors={failed?.fields?.revokeUnusedAfterDays}
        help={aboutUnused(above, stored)}
        className="max-w-32"
      />
      <div ref={draft.place} id={id} aria-live="polite">
        {draft.isRestored && <p className="text-muted">This is what you typed before. It is not saved yet.</p>}
        <UnmetTokens scope={scope} {...preview} onFollow={draft.keep} />
      </div>
      <div>
        <Button type="submit" variant="primary" pending={pending} pendingLabel="Saving…">
          Save
        </Button>
      </div>
    </ActionForm>
  );
}
