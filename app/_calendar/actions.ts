"use server";

import { refresh } from "next/cache";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { createCalendar, revokeCalendar } from "@/lib/calendars/change";
import { formAction } from "@/lib/web/form-action";
import { ownOrigin } from "@/lib/web/own-origin";

/** Answers the link into the client's state. A page rendered by the server must never contain it. */
export const createCalendarAction = formAction(scopeFields, async (actor, input) => {
  const { secret } = await createCalendar(actor, scopeOf(input));
  refresh();
  return `${await ownOrigin()}/calendar/${secret}.ics`;
});

export const revokeCalendarAction = formAction(scopeFields, async (actor, input) => {
  await revokeCalendar(actor, scopeOf(input));
  refresh();
});
