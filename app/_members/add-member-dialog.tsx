"use client";

import { useState } from "react";
import { useSubmit } from "@/app/_parts/use-submit";
import { FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { Field, SelectField } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import type { Role } from "@/db/enums";
import { reachable } from "@/lib/web/reachable";
import { addMemberAction } from "./actions";
import { roleOptions } from "./role-options";
import { allowedBy } from "./role-words";

const addMember = reachable(addMemberAction);

const words = {
  add: {
    title: "Add Member",
    description: "The person must already belong to the organization.",
    submitLabel: "Add",
    pendingLabel: "Adding…",
  },
  join: {
    title: "Join Group",
    description: "A group admin sees and manages the group’s access tokens and its audit log.",
    submitLabel: "Join",
    pendingLabel: "Joining…",
  },
};

export type AddMemberProps = {
  groupId: string;
  /** For organization admins who add themselves as group admin, to see the group's access tokens. */
  ownEmail?: string;
};

export function AddMemberDialog({ groupId, ownEmail, onClose }: AddMemberProps & { onClose: () => void }) {
  const announce = useAnnounce();
  const [role, setRole] = useState<Role>(ownEmail ? "group_admin" : "group_user");
  const { failed, submit, pending } = useSubmit(addMember, () => {
    announce({ text: ownEmail ? "You have joined the group." : "The member was added." });
    onClose();
  });
  const options = roleOptions({ groupId });
  return (
    <FormDialog
      {...(ownEmail ? words.join : words.add)}
      hidden={{ groupId }}
      action={submit}
      pending={pending}
      onClose={onClose}
    >
      <FormError>{failed?.message}</FormError>
      <Field
        label="Email"
        name="email"
        type="email"
        required
        autoComplete="off"
        defaultValue={ownEmail}
        readOnly={ownEmail !== undefined}
        errors={failed?.fields?.email}
      />
      <SelectField
        label="Role"
        name="role"
        options={options}
        defaultValue={role}
        onChange={({ target }) => setRole(options.find(({ value }) => value === target.value)?.value ?? role)}
        help={ownEmail ? undefined : allowedBy[role]}
        errors={failed?.fields?.role}
      />
    </FormDialog>
  );
}
