"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { scopeFields, scopeOf } from "@/app/access-tokens/scope";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { checkAgain, removeAccess, replaceToken, replaceTokenInput } from "@/lib/version-control/change";
import { formAction } from "@/lib/web/form-action";

const ofToken = { tokenId: z.string() };
const ofAccess = { ...ofToken, accessId: z.string() };

const addInput = z
  .object({
    ...addAccessInput.shape,
    ...ofToken,
  })
  .and(scopeFields);

/** Answers nothing of what was sent: the credential stays in the form until it is accepted, and then is nowhere. */
export const addAccessAction = formAction(addInput, fieldsOf, async (actor, input) => {
  const { providerType, providerUrl, token, tokenScope, targetId, acceptPersonalToken } = input;
  const access = { providerType, providerUrl, token, tokenScope, targetId, acceptPersonalToken };
  await addAccess(actor, scopeOf(input), input.tokenId, access);
  refresh();
});

export const replaceTokenAction = formAction(
  z.object({ ...replaceTokenInput.shape, ...ofAccess }).and(scopeFields),
  fieldsOf,
  async (actor, input) => {
    const { token, acceptPersonalToken } = input;
    await replaceToken(actor, scopeOf(input), input.tokenId, input.accessId, { token, acceptPersonalToken });
    refresh();
  },
);

export const checkAccessAction = formAction(z.object(ofAccess).and(scopeFields), fieldsOf, async (actor, input) => {
  await checkAgain(actor, scopeOf(input), input.tokenId, input.accessId);
  refresh();
});

export const removeAccessAction = formAction(z.object(ofAccess).and(scopeFields), fieldsOf, async (actor, input) => {
  await removeAccess(actor, scopeOf(input), input.tokenId, input.accessId);
  refresh();
});

function fieldsOf(form: FormData) {
  return { ...Object.fromEntries(form), acceptPersonalToken: form.get("acceptPersonalToken") === "on" };
}
