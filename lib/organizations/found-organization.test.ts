import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { db } from "@/db/client";
import { auditEvents, memberships, users } from "@/db/schema";
import { signInWithPassword } from "@/lib/sign-in/local-accounts";
import { foundOrganization, foundOrganizationInput } from "./found-organization";

const input = (email: string) => foundOrganizationInput.parse({ name: "Example Ltd", email, adminName: "Ada Admin" });

test("foundOrganization creates the organization, an admin who can sign in, and the audit event", async () => {
  const admin = await foundOrganization(input(" Ada@Example.com "), "a password to begin with");
  expect(await signInWithPassword("ada@example.com", "a password to begin with")).toMatchObject({ person: admin });
  const [membership] = await db.select().from(memberships).where(eq(memberships.userId, admin.userId));
  expect(membership).toMatchObject({ role: "organization_admin", groupId: null });
  const events = await db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.actorId, admin.userId))
    .orderBy(asc(auditEvents.id));
  expect(events).toMatchObject([
    { action: "organization.created", channel: "system", subjectId: membership?.organizationId },
    { action: "sign_in.succeeded", subjectId: admin.userId },
  ]);
});

test("an existing person keeps name and password, and gets the role", async () => {
  const first = await foundOrganization(input("eve@example.com"), "the first password");
  const second = await foundOrganization({ ...input("eve@example.com"), adminName: "Another" }, "another password");
  expect(second).toEqual(first);
  const [person] = await db.select().from(users).where(eq(users.id, first.userId));
  expect(person?.name).toBe("Ada Admin");
  expect(await signInWithPassword("eve@example.com", "the first password")).toMatchObject({ person: first });
});

test.each([{ name: "" }, { email: "nobody" }, { adminName: " " }])("missing input is refused: %j", (differs) => {
  const whole = { name: "Example Ltd", email: "ada@example.com", adminName: "Ada Admin" };
  expect(foundOrganizationInput.safeParse({ ...whole, ...differs }).success).toBe(false);
});
