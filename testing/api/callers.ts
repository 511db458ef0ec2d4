import { createToken, type TestToken } from "@/testing/access-tokens";
import { createTenant, type Tenant } from "@/testing/tenant";

/** Who may ask by an access token, seen from the tenant's group; T is what there is of each. */
type OfEach<T> = {
  groupAdmin: T;
  groupUser: T;
  organizationAdmin: T;
  organizationUser: T;
  otherGroupAdmin: T;
  strangeOrganizationAdmin: T;
};
export type Callers = OfEach<TestToken>;

/** A token of each kind, the last one that of another organization. */
export async function createCallers({ group, otherGroup, organization, organizationAdmin }: Tenant): Promise<Callers> {
  const stranger = await createTenant();
  return {
    groupAdmin: await createToken(group.admin, group.scope, { admin: true }),
    groupUser: await createToken(group.admin, group.scope),
    organizationAdmin: await createToken(organizationAdmin, organization.scope, { admin: true }),
    organizationUser: await createToken(organizationAdmin, organization.scope),
    otherGroupAdmin: await createToken(otherGroup.admin, otherGroup.scope, { admin: true }),
    strangeOrganizationAdmin: await createToken(stranger.organizationAdmin, stranger.organization.scope, {
      admin: true,
    }),
  };
}

/** What each of them gets, one after another. */
export async function ofEach<T>(callers: Callers, ask: (caller: TestToken) => Promise<T>): Promise<OfEach<T>> {
  return {
    groupAdmin: await ask(callers.groupAdmin),
    groupUser: await ask(callers.groupUser),
    organizationAdmin: await ask(callers.organizationAdmin),
    organizationUser: await ask(callers.organizationUser),
    otherGroupAdmin: await ask(callers.otherGroupAdmin),
    strangeOrganizationAdmin: await ask(callers.strangeOrganizationAdmin),
  };
}
