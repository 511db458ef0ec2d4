"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { organizationScope } from "@/lib/auth/scope";
import { createInvitation, createInvitationInput } from "@/lib/invitations/create";
import { sendInvitation } from "@/lib/invitations/mail";
import { revokeInvitation } from "@/lib/invitations/revoke";
import { formAction } from "@/lib/web/form-action";
import { ownOrigin } from "@/lib/web/own-origin";

const inOrganization = { organizationId: z.string() };

/** Answers the link, if no e-mail was sent, into the client's state. A page rendered by the server must not contain it. */
export const inviteAction = formAction(
  createInvitationInput.extend(inOrganization),
  async (actor, { organizationId, ...input }) => {
    const created = await createInvitation(actor, organizationScope(organizationId), input);
    const link = `${await ownOrigin()}/invitations/${created.secret}`;
    const mail = await sendInvitation(created, { inviterName: actor.name, link });
    refresh();
    const { email, expiresAt } = created.invitation;
    return { email, expiresAt, mail, link: mail.status === "sent" ? null : link };
  },
);

export const withdrawInvitationAction = formAction(
  z.object({ ...inOrganization, invitationId: z.string() }),
  async (actor, { organizationId, invitationId }) => {
    await revokeInvitation(actor, organizationScope(organizationId), invitationId);
    refresh();
  },
);
