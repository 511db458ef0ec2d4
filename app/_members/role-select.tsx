"use client";

import { useId, useState } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/select";
import type { Role } from "@/db/enums";
import { refusalOf, toForm } from "@/lib/web/form-state";
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
export function RoleSelect({ scope, user, role, isSelf }: Props) {
  const hint = useId();
  const announce = useAnnounce();
  const [chosen, setChosen] = useState<Role>();
  const options = roleOptions(scope);
  const words = chosen && roleWords(user.name, chosen, isSelf);

  function choose(value: string) {
    const option = options.find((each) => each.value === value);
    if (option && option.value !== role) setChosen(option.value);
  }

  async function confirm() {
    const answer = await changeRole({ status: "idle" }, toForm({ ...scope, userId: user.id, role: chosen ?? role }));
    const refusal = refusalOf(answer);
    if (!refusal && words) announce({ text: words.done });
    return refusal;
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
      {words && (
        <ConfirmDialog
          title={words.title}
          confirmLabel="Change Role"
          pendingLabel="Saving…"
          onConfirm={confirm}
          onClose={() => setChosen(undefined)}
        >
          <p>{words.effect}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
