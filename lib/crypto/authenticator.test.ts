import { expect, test } from "vitest";
import { db } from "@/db/client";
import { createTenant } from "@/testing/tenant";
import { authenticator, existingAuthenticator } from "./authenticator";
import { remembered } from "./data-keys";

const bytes = Buffer.from("what is authenticated");

async function newOrganization(): Promise<string> {
  return (await createTenant()).organization.id;
}

test("the same bytes get the same authenticator with the same master key", async () => {
  const id = await newOrganization();
  const made = (await authenticator(db, id, "test")).authenticate(bytes);
  expect(made).toHaveLength(32);
  remembered.clear();
  const again = await existingAuthenticator(db, id, "test");
  expect(again?.(bytes.subarray(0, 4), bytes.subarray(4))).toEqual(made);
});

test("another organization, purpose or input gives another result", async () => {
  const id = await newOrganization();
  const made = [
    (await authenticator(db, id, "test")).authenticate(bytes),
    (await authenticator(db, id, "tests")).authenticate(bytes),
    (await authenticator(db, await newOrganization(), "test")).authenticate(bytes),
    (await authenticator(db, id, "test")).authenticate(bytes, Buffer.of(0)),
  ];
  expect(new Set(made.map((one) => one.toString("hex"))).size).toBe(4);
});

test("checking creates no key", async () => {
  const id = await newOrganization();
  expect(await existingAuthenticator(db, id, "test")).toBeUndefined();
  expect(await existingAuthenticator(db, id, "test")).toBeUndefined();
});
