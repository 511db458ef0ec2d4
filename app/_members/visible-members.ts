import { z } from "zod";
import type { ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import type { Actor } from "@/lib/auth/actor";
import { listPeople, listTechnicalUsers } from "@/lib/members/queries";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { visible } from "@/lib/web/visible";

export type VisibleMembers = Awaited<ReturnType<typeof visibleMembers>>;

const text = z.string().trim().max(255).catch("");

/** The members that the URL asks for: a search, and one page each of people and of technical users. */
export async function visibleMembers(actor: Actor, fields: ScopeFields, searchParams: SearchParams) {
  const given = await searchParams;
  const search = text.parse(given.search);
  const scope = scopeOf(fields);
  const [people, technicalUsers] = await visible(
    Promise.all([
      readCursor(given, (cursor) => listPeople(actor, scope, { search, cursor })),
      readCursor({ cursor: given.technical }, (cursor) => listTechnicalUsers(actor, scope, { search, cursor })),
    ]),
  );
  return { search, people, technicalUsers };
}
