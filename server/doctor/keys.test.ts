import { expect, test } from "vitest";
import { createToken } from "@/testing/access-tokens";
import { asOwner } from "@/testing/database/database-owner";
import { findingsWith, settingsOfTest } from "@/testing/doctor/findings";
import { createTenant } from "@/testing/tenant";

const other = (byte: number) => Buffer.alloc(32, byte).toString("base64");
const find = async (keys: string | undefined) =>
  findingsWith(settingsOfTest({ ENCRYPTION_KEYS: keys }), ["encryption keys"]);

test("keys that are missing, wrong, no longer first, or of a damaged row are found", async () => {
  for (const { group } of [await createTenant(), await createTenant()]) await createToken(group.admin, group.scope);
  const good = process.env.ENCRYPTION_KEYS ?? "";
  expect(await find(good)).toMatchObject([
    { verdict: "right", says: expect.stringMatching(/^they open all \d+ data keys$/) },
  ]);
  expect(await find(`k2:${other(2)}`)).toMatchObject([
    { verdict: "wrong", says: expect.stringMatching(/^ENCRYPTION_KEYS lacks the key "test"/) },
  ]);
  expect(await find(`test:${other(2)}`)).toMatchObject([
    { verdict: "wrong", says: expect.stringMatching(/^ENCRYPTION_KEYS has another key as "test"/) },
  ]);
  expect(await find(`k2:${other(2)},${good}`)).toMatchObject([
    {
      verdict: "warning",
      says: expect.stringContaining("still encrypted with another"),
      advice: "Finish the rotation: npm run keys:rotate",
    },
  ]);
  expect(await find("not a list")).toMatchObject([
    { verdict: "wrong", says: expect.stringMatching(/missing or invalid/) },
  ]);

  await asOwner((owner) =>
    owner.query(`update data_keys set wrapped = decode(repeat('00', 61), 'hex')
                 where id = (select id from data_keys order by id limit 1)`),
  );
  const damaged = await find(good);
  expect(damaged).toMatchObject([{ verdict: "wrong", says: expect.stringMatching(/1 data key can't be opened: /) }]);
});
