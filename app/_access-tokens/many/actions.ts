"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { scopeFields, scopeOf } from "@/app/_parts/scope";
import { getChangePlan } from "@/lib/access-token-list/change-plan";
import { changeAccessTokens, changesOfMany, mostAtOnce } from "@/lib/access-tokens/change-many";
import { formAction } from "@/lib/web/form-action";
import { jsonField } from "@/lib/web/form-fields";
import { wholeListQuery } from "../list/list-state";

const id = z.string().max(64);
const change = z.enum(changesOfMany);
const selection = z.union([
  z.strictObject({ ids: z.array(id).min(1).max(mostAtOnce) }),
  z.strictObject({ list: z.record(z.string(), z.unknown()) }),
]);

const planInput = z.object({ change, selection: jsonField(selection) }).and(scopeFields);

/** What a change of the selected tokens will do. */
export const planChangeAction = formAction(planInput, async (actor, input) => {
  const { change, selection } = input;
  const selected = "list" in selection ? { list: wholeListQuery(selection.list) } : selection;
  return getChangePlan(actor, scopeOf(input), change, selected);
});

const tokens = z.array(z.object({ id, revision: id })).max(mostAtOnce);
const changeInput = z.object({ change, tokens: jsonField(tokens) }).and(scopeFields);

/** Answers the changed tokens, for undoing. */
export const changeManyAction = formAction(changeInput, async (actor, input) => {
  const changed = await changeAccessTokens(actor, scopeOf(input), input.change, input.tokens);
  refresh();
  return changed;
});
