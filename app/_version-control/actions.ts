"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { checkAgain, removeAccess, replaceToken, replaceTokenInput } from "@/lib/version-control/change";
import { editAccess } from "@/lib/version-control/edit";
import { tagList } from "@/lib/version-control/providers/runner-settings";
import { formAction } from "@/lib/web/form-action";
import { checkbox } from "@/lib/web/form-fields";

const ofToken = { tokenId: z.string() };
const ofAccess = { ...ofToken, accessId: z.string() };

const acceptPersonalToken = checkbox;
const runnerFields = {
  allowedTags: z.string().optional().transform(tagsIn).pipe(tagList),
  runUntagged: checkbox,
};

const addInput = z.object({ ...addAccessInput.shape, ...ofToken, ...runnerFields, acceptPersonalToken });

/** Answers nothing that was sent. The credential stays in the browser's form until it is accepted. */
export const addAccessAction = formAction(addInput, async (actor, input) => {
  const { providerType, providerUrl, token, tokenScope, targetId, acceptPersonalToken } = input;
  const { allowedTags, runUntagged } = input;
  const target = { providerType, providerUrl, tokenScope, targetId };
  const access = { ...target, token, acceptPersonalToken, allowedTags, runUntagged };
  await addAccess(actor, input.tokenId, access);
  refresh();
});

/** `revision` is the one that the form shows. The command refuses another one, so that no change is overwritten unseen. */
export const editAccessAction = formAction(
  z.object({ ...ofAccess, ...runnerFields, revision: z.string() }),
  async (actor, input) => {
    const { tokenId, accessId, allowedTags, runUntagged, revision } = input;
    await editAccess(actor, tokenId, accessId, { allowedTags, runUntagged }, [revision]);
    refresh();
  },
);

export const replaceTokenAction = formAction(
  z.object({ ...replaceTokenInput.shape, ...ofAccess, acceptPersonalToken }),
  async (actor, input) => {
    const { token, acceptPersonalToken } = input;
    await replaceToken(actor, input.tokenId, input.accessId, { token, acceptPersonalToken });
    refresh();
  },
);

export const checkAccessAction = formAction(z.object(ofAccess), async (actor, input) => {
  await checkAgain(actor, input.tokenId, input.accessId);
  refresh();
});

export const removeAccessAction = formAction(z.object(ofAccess), async (actor, input) => {
  await removeAccess(actor, input.tokenId, input.accessId);
  refresh();
});

function tagsIn(typed = ""): string[] {
  return typed
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
}
