"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { listPathOf } from "@/app/_parts/paths";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken, createAccessTokenInput } from "@/lib/access-tokens/create";
import { editAccessToken, editAccessTokenInput } from "@/lib/access-tokens/edit";
import { dateInZone, expirationInZone } from "@/lib/access-tokens/expiration";
import { deleteSecret } from "@/lib/access-tokens/rotation/delete-secret";
import { cancelRotation, completeRotation } from "@/lib/access-tokens/rotation/end";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { invalid } from "@/lib/errors";
import { formAction } from "@/lib/web/form-action";
import { checkbox } from "@/lib/web/form-fields";
import { changes } from "./changes/change";
import { oldSecretEnds, rotationEnds } from "./rotation/rotation";

const idempotencyKey = z.string().regex(/^[0-9a-f]{32}$/);

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
    idempotencyKey,
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

const rotateInput = z
  .object({
    tokenId: z.string(),
    oldSecret: z.enum(oldSecretEnds),
    date: z.string().optional(),
    expiresAt: z.string().optional(),
    timeZone: z.string(),
    idempotencyKey,
  })
  .transform(({ date = "", expiresAt, timeZone, ...others }) => ({
    ...others,
    ...(others.oldSecret === "date" && { date: { date, timeZone } }),
    ...(expiresAt !== undefined && { expiresAt: { date: expiresAt, timeZone } }),
  }))
  .pipe(
    z.object({
      tokenId: z.string(),
      oldSecret: z.enum(oldSecretEnds),
      date: dateInZone("Choose a date.").optional(),
      expiresAt: expirationInZone.optional(),
      idempotencyKey,
    }),
  );

/**
 * Answers the new secret into the client's state, as `createAccessTokenAction` does. The page is not refreshed before the
 * dialog is closed: the token may leave the list with its dialog.
 */
export const rotateAccessTokenAction = formAction(rotateInput, async (actor, input) => {
  const { tokenId, expiresAt, date, oldSecret, idempotencyKey } = input;
  const ends = oldSecret === "date" ? date : oldSecret;
  if (!ends) throw invalid("date", "Choose a date.");
  const { token, secret } = await rotateAccessToken(actor, tokenId, { oldSecret: ends, expiresAt }, idempotencyKey);
  // Somebody may have deleted the old secret meanwhile.
  const hadSecret = oldSecret === "now" || token.retiringSecret !== null;
  return { name: token.name, secret, oldSecret: hadSecret ? oldSecret : null };
});

const endInput = z.object({ tokenId: z.string(), revision: z.string(), end: z.enum(rotationEnds) });

const ends = { complete: completeRotation, cancel: cancelRotation };

export const endRotationAction = formAction(endInput, async (actor, { tokenId, revision, end }) => {
  await ends[end](actor, tokenId, [revision]);
  refresh();
});

const deleteSecretInput = z.object({ tokenId: z.string(), revision: z.string() });

export const deleteSecretAction = formAction(deleteSecretInput, async (actor, { tokenId, revision }) => {
  await deleteSecret(actor, tokenId, [revision]);
  refresh();
});
