"use client";

import { useState, useTransition } from "react";
import { FormError } from "@/components/ui/form-error";
import { Select } from "@/components/ui/select";
import { toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { changeMemberRoleAction } from "./actions";
import { roleOptions } from "./role-options";

const changeRole = reachable(changeMemberRoleAction);

type Props = { groupId: string; user: { id: string; name: string }; role: string };

/** Changes the role as soon as another one is chosen; a refusal says why and shows the role that still holds. */
export function RoleSelect({ groupId, user, role }: Props) {
  const [error, setError] = useState<string>();
  const [pending, startTransition] = useTransition();

  function change(chosen: string) {
    startTransition(async () => {
      const answer = await changeRole({ status: "idle" }, toForm({ groupId, userId: user.id, role: chosen }));
      setError(answer.status === "failed" ? answer.message : undefined);
    });
  }

  return (
    <div className="flex flex-col gap-2 whitespace-normal">
      <Select
        aria-label={`Role of ${user.name}`}
        className="min-w-36"
        options={roleOptions}
        value={role}
        disabled={pending}
        onChange={(event) => change(event.target.value)}
      />
      <FormError>{error}</FormError>
    </div>
  );
}
