import { cache } from "react";
import { getGroup } from "@/lib/groups/queries";
import { requireUser } from "./require-user";
import { visible } from "./visible";

/** The group of the page, asked for once per request; 404 where the person may not see it. */
export const visibleGroup = cache(async (groupId: string) => visible(getGroup(await requireUser(), groupId)));
