"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { listPathOf } from "@/app/_parts/paths";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { createAccessToken, createAccessTokenInput } from "@/lib/access-tokens/create";
import { expirationInZone } from "@/lib/access-tokens/expiration";
import { formAction } from "@/lib/web/form-action";
import { changes } from "./change";

const createInput = createAccessTokenInput
  .extend({ expiresAt: expirationInZone, idempotencyKey: z.string().regex(/^[0-9a-f]{32}$/) })
  .and(scopeFields);

/** Answers the secret into the client's state: a page that the server renders must never hold it. */
export const createAccessTokenAction = formAction(
  createInput,
  (form) => ({
    ...scopeFieldsFrom(form),
    name: form.get("name"),
    expiresAt: { date: form.get("expiresAt"), timeZone: form.get("timeZone") },
    admin: form.get("admin") === "on",
    idempotencyKey: form.get("idempotencyKey"),
  }),
  async (actor, input) => {
    const { name, expiresAt, admin, idempotencyKey } = input;
    const { token, secret } = await createAccessToken(
      actor,
      scopeOf(input),
      { name, expiresAt, admin },
      idempotencyKey,
    );
    refresh();
    return { name: token.name, secret };
  },
);

const changeInput = z
  .object({ tokenId: z.string(), change: z.enum(changes), leavesPage: z.boolean() })
  .and(scopeFields);

const commands = { revoke: revokeAccessToken, reactivate: reactivateAccessToken, delete: deleteAccessToken };

export const changeAccessTokenAction = formAction(
  changeInput,
  (form) => ({
    ...scopeFieldsFrom(form),
    tokenId: form.get("tokenId"),
    change: form.get("change"),
    leavesPage: form.get("leavesPage") === "yes",
  }),
  async (actor, input) => {
    await commands[input.change](actor, scopeOf(input), input.tokenId);
    if (input.change === "delete" && input.leavesPage) redirect(listPathOf(input));
    refresh();
  },
);

function scopeFieldsFrom(form: FormData) {
  return form.has("groupId") ? { groupId: form.get("groupId") } : { organizationId: form.get("organizationId") };
}
