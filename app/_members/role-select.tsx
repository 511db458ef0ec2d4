"use client";

import { useId, useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { useSubmit } from "@/app/_parts/use-submit";
import { useAnnounce } from "@/components/ui/announcements";
import { FormDialog } from "@/components/ui/form-dialog";
import { Select } from "@/components/ui/select";
import type { Role } from "@/db/enums";
import { reachable } from "@/lib/web/reachable";
import { changeMemberRoleAction } from "./actions";
import { roleOptions } from "./role-options";
import { roleWords } from "./role-words";

const changeRole = reachable(changeMemberRoleAction);

type Props = { scope: ScopeFields; user: { id: string; name: string }; role: Role; isSelf: boolean };

/**
 * Asks before it stores the chosen role: each change gives or takes an admin role, and an arrow key on a closed select
 * chooses too.
 */
export function RoleSelect({ role, ...member }: Props) {
  const { scope, user } = member;
  const hint = useId();
  const [chosen, setChosen] = useState<Role>();
  const options = roleOptions(scope);

  function choose(value: string) {
    const option = options.find((each) => each.value === value);
    if (option && option.value !== role) setChosen(option.value);
  }

  return (
    <>
      <Select
        aria-label={`Role of ${user.name}`}
        aria-describedby={hint}
        className="w-full @table:min-w-48"
        options={options}
        value={chosen ?? role}
        onChange={(event) => choose(event.target.value)}
      />
      <span id={hint} hidden>
        Asks before the role changes.
      </span>
      {chosen && <RoleDialog {...member} role={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}

function RoleDialog({ scope, user, role, isSelf, onClose }: Props & { onClose: () => void }) {
  const announce = useAnnounce();
  const { title, effect, done } = roleWords(user.name, role, isSelf);
  const { failed, submit, pending } = useSubmit(changeRole, () => {
    announce({ text: done });
    onClose();
  });
  return (
    <FormDialog
      title={title}
      hidden={{ ...scope, userId: user.id, role }}
      action={submit}
      error={failed?.message}
      submitLabel="Change Role"
      pendingLabel="Saving…"
      pending={pending}
      onClose={onClose}
    >
      <p className="text-muted">{effect}</p>
    </FormDialog>
  );
}
