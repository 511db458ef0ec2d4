import type { Crumb } from "@/components/breadcrumbs";
import type { Permission } from "@/lib/auth/authorize";
import { visibleGroup } from "@/lib/web/visible-group";
import { visibleOrganization } from "@/lib/web/visible-organization";
import type { ScopeFields } from "./scope-fields";

type Owner = { crumbs: Crumb[]; permissions: ReadonlySet<Permission> };

/** The group or organization of the page: the way to it, and what the person may do there; 404 where it isn't seen. */
export async function visibleOwner(scope: ScopeFields): Promise<Owner> {
  if ("organizationId" in scope) {
    const { id, name, permissions } = await visibleOrganization(scope.organizationId);
    return { crumbs: [{ label: name, href: `/organizations/${id}` }], permissions };
  }
  const { id, name, organization, permissions } = await visibleGroup(scope.groupId);
  const around = { label: organization.name, href: `/organizations/${organization.id}` };
  return { crumbs: [around, { label: name, href: `/groups/${id}` }], permissions };
}
