"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { listPathOf } from "@/app/_parts/paths";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken, createAccessTokenInput } from "@/lib/access-tokens/create";
import { editAccessToken, editAccessTokenInput } from "@/lib/access-tokens/edit";
import { expirationInZone } from "@/lib/access-tokens/expiration";
import { formAction } from "@/lib/web/form-action";
import { checkbox } from "@/lib/web/form-fields";
import { changes } from "./changes/change";

/** The form sends the date and the time zone as two fields. The command takes them as one value. */
const expiryInput = z
  .object({ expiresAt: z.string(), timeZone: z.string() })
  .transform(({ expiresAt, timeZone }) => ({ expiresAt: { date: expiresAt, timeZone } }))
  .pipe(z.object({ expiresAt: expirationInZone }));

const createInput = z
  .object({
    name: createAccessTokenInput.shape.name,
    description: createAccessTokenInput.shape.description,
    admin: checkbox,
    idempotencyKey: z.string().regex(/^[0-9a-f]{32}$/),
  })
  .and(expiryInput)
  .and(scopeFields);

/** Answers the secret into the client's state. A page rendered by the server must never contain it. */
export const createAccessTokenAction = formAction(createInput, async (actor, input) => {
  const { idempotencyKey, name, description, expiresAt, admin } = input;
  const wanted = { name, description, expiresAt, admin };
  const { token, secret } = await createAccessToken(actor, scopeOf(input), wanted, idempotencyKey);
  refresh();
  return { id: token.id, name: token.name, secret };
});

const editInput = z.object({ tokenId: z.string(), ...editAccessTokenInput.shape });

export const editAccessTokenAction = formAction(editInput, async (actor, input) => {
  const { tokenId, name, description } = input;
  const token = await editAccessToken(actor, tokenId, { name, description });
  refresh();
  return { name: token.name };
});

const changeInput = z
  .object({
    tokenId: z.string(),
    change: z.enum(changes),
    /** The only revision that may be changed. */
    revision: z.string().optional(),
    leavesPage: checkbox,
  })
  .and(scopeFields);

const commands = { revoke: revokeAccessToken, reactivate: reactivateAccessToken, delete: deleteAccessToken };

/** Answers the token's revision after the change, for undoing. */
export const changeAccessTokenAction = formAction(changeInput, async (actor, input) => {
  const { tokenId, change, revision, leavesPage } = input;
  const token = await commands[change](actor, tokenId, revision === undefined ? undefined : [revision]);
  if (change === "delete" && leavesPage) redirect(listPathOf(input));
  refresh();
  return token?.revision;
});
