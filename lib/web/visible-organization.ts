import { cache } from "react";
import { getOrganization } from "@/lib/organizations/queries";
import { requireUser } from "./require-user";
import { visible } from "./visible";

/** The organization of the page, asked for once per request; 404 where the person may not see it. */
export const visibleOrganization = cache(async (organizationId: string) =>
  visible(getOrganization(await requireUser(), organizationId)),
);
