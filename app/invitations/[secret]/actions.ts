"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { acceptInvitation, newAccountInput } from "@/lib/invitations/accept";
import { callbackPath } from "@/lib/web/callback-path";
import { visitorAction } from "@/lib/web/form-action";
import { currentUser, endSession } from "@/lib/web/session";

/** Fields that the form doesn't have, and a password that is left empty, are not given. */
const acceptance = newAccountInput.extend({ secret: z.string() });

export const acceptInvitationAction = visitorAction(
  acceptance,
  (form) => ({
    secret: form.get("secret"),
    name: form.get("name") ?? undefined,
    password: form.get("password") || undefined,
  }),
  async ({ secret, ...input }) => {
    await acceptInvitation(secret, await currentUser(), input);
  },
);

/** Signs out and stays with the invitation. */
export async function signOutHereAction(form: FormData): Promise<void> {
  await endSession();
  redirect(callbackPath(`/invitations/${form.get("secret")}`));
}
