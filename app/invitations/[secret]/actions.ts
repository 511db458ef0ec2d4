"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { acceptInvitation, newAccountInput } from "@/lib/invitations/accept";
import { callbackPath } from "@/lib/web/callback-path";
import { visitorAction } from "@/lib/web/form-action";
import { currentUser, endSession } from "@/lib/web/session";

/** An empty password counts as none. */
const acceptance = newAccountInput.extend({
  secret: z.string(),
  password: z.preprocess((typed) => typed || undefined, newAccountInput.shape.password),
});

export const acceptInvitationAction = visitorAction(acceptance, async ({ secret, ...input }) => {
  await acceptInvitation(secret, await currentUser(), input);
});

/** Signs out and stays with the invitation. */
export async function signOutHereAction(form: FormData): Promise<void> {
  await endSession();
  redirect(callbackPath(`/invitations/${form.get("secret")}`));
}
