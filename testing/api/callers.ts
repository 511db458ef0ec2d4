import { createToken, type TestToken } from "@/testing/access-tokens";
import { createTenant, type Tenant } from "@/testing/tenant";

/** One T for each kind of access token that may call, as seen from the tenant's group. */
type OfEach<T> = {
  groupAdmin: T;
  groupUser: T;
  organizationAdmin: T;
  organizationUser: T;
  otherGroupAdmin: T;
  strangeOrganizationAdmin: T;
};
export type Callers = OfEach<TestToken>;

/** A token of each kind; the last one belongs to another organization. */
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

/** The result of `ask` for each caller, called one after another. */
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
