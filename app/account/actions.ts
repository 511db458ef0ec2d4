"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { changePassword, changePasswordInput } from "@/lib/sign-in/change-password";
import { endOtherSessions } from "@/lib/sign-in/own-sessions";
import { formAction } from "@/lib/web/form-action";
import { keep, readToken } from "@/lib/web/session";

/** Answers how many other sessions ended. So does `endOtherSessionsAction`. */
export const changePasswordAction = formAction(changePasswordInput, async (actor, input) => {
  const changed = await changePassword(actor, input, (await readToken()) ?? "");
  await keep(changed);
  refresh();
  return changed.endedSessions;
});

export const endOtherSessionsAction = formAction(z.object({}), async (actor) => {
  const ended = await endOtherSessions(actor, (await readToken()) ?? "");
  refresh();
  return ended;
});
