"use client";

import { useOptimistic, useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { Select } from "@/components/ui/select";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeMemberRoleAction } from "./actions";
import { roleOptions } from "./role-options";

const changeRole = reachable(changeMemberRoleAction);

type Props = { scope: ScopeFields; user: { id: string; name: string }; role: string };

/** Changes the role as soon as another one is chosen. After a refusal it shows the reason and the old role. */
export function RoleSelect({ scope, user, role }: Props) {
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();
  const [shown, show] = useOptimistic(role);

  function change(chosen: string) {
    if (pending) return;
    startTransition(async () => {
      show(chosen);
      const answer = await changeRole({ status: "idle" }, toForm({ ...scope, userId: user.id, role: chosen }));
      setError(refusalOf(answer)?.message);
    });
  }

  return (
    <div className="flex flex-col gap-2 whitespace-normal">
      <Select
        aria-label={`Role of ${user.name}`}
        className="w-full @table:min-w-48"
        options={roleOptions(scope)}
        value={shown}
        aria-busy={pending}
        onChange={(event) => change(event.target.value)}
      />
      <p role="status" className="sr-only">
        {pending && "Saving…"}
      </p>
      {error && (
        <div className="@table:w-64">
          <FormError>{error}</FormError>
        </div>
      )}
    </div>
  );
}
