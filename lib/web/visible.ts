import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import { DomainError } from "@/lib/errors";
import { getGroup } from "@/lib/groups/queries";
import { getOrganization } from "@/lib/organizations/queries";
import { requireUser } from "./session";
import { tellDatabaseAway } from "./tell-database-away";

/** A query's result for a page, or Next's 404 or 403 page for the domain's error. */
export async function visible<T>(query: Promise<T>): Promise<T> {
  try {
    return await tellDatabaseAway(query);
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    if (error instanceof DomainError && error.code === "forbidden") forbidden();
    throw error;
  }
}

/** The page's group, looked up once per request; 404 if the person may not see it. */
export const visibleGroup = cache(async (groupId: string) => visible(getGroup(await requireUser(), groupId)));

/** The page's organization, looked up once per request; 404 if the person may not see it. */
export const visibleOrganization = cache(async (organizationId: string) =>
  visible(getOrganization(await requireUser(), organizationId)),
);
