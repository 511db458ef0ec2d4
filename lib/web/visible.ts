import { forbidden, notFound } from "next/navigation";
import { cache } from "react";
import { DomainError } from "@/lib/errors";
import { getGroup } from "@/lib/groups/queries";
import { getOrganization } from "@/lib/organizations/queries";
import { requestContext } from "@/lib/request-context";
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

/** The result of a query of `visible`, or undefined where Next's 403 page would follow. The page then shows why. */
export async function allowed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "digest" in error && error.digest === nextForbidden) return undefined;
    throw error;
  }
}

/** What Next's `forbidden()` throws. */
const nextForbidden = "NEXT_HTTP_ERROR_FALLBACK;403";

/** Makes our server answer the page with 403: Next has no way to set a page's status. */
export function answerForbidden(): void {
  const request = requestContext();
  if (request) request.isForbidden = true;
}

/** The page's group, looked up once per request; 404 if the person may not see it. */
export const visibleGroup = cache(async (groupId: string) => visible(getGroup(await requireUser(), groupId)));

/** The page's organization, looked up once per request; 404 if the person may not see it. */
export const visibleOrganization = cache(async (organizationId: string) =>
  visible(getOrganization(await requireUser(), organizationId)),
);
