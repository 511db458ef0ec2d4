import { describe, expect, test } from "vitest";
import { createChain, findingsIn, tamper } from "@/testing/audit-chain";
import { asOwner } from "@/testing/database/database-owner";
import { createTenant } from "@/testing/tenant";

/** Copies the event as the database's owner could. */
async function insertCopy(eventId: string, id: string): Promise<void> {
  await tamper(
    `insert into audit_events (id, organization_id, group_id, occurred_at, actor_id, actor_kind, actor_name, action,
     subject_id, subject_name, detail, channel)
     select $1, organization_id, group_id, occurred_at, actor_id, actor_kind, 'Mallory', action,
     subject_id, subject_name, detail, channel from audit_events where id = $2`,
    id,
    eventId,
  );
}

async function withoutConstraint(table: string, constraint: string, anew: string, work: () => Promise<void>) {
  await asOwner((owner) => owner.query(`alter table ${table} drop constraint ${constraint}`));
  await work();
  await asOwner((owner) => owner.query(`alter table ${table} add constraint ${constraint} ${anew}`));
}

function eventAt({ entries }: Awaited<ReturnType<typeof createChain>>, position: number): string {
  const entry = entries[position - 1];
  if (!entry) throw new Error(`there is no position ${position}`);
  return entry.eventId;
}

describe("an inserted event", () => {
  test.each(["", "!", "zzz"])("with the id “%s” is reported", async (id) => {
    const chain = await createChain(1);
    await insertCopy(eventAt(chain, 1), id);
    expect(await findingsIn(chain.id)).toEqual([
      expect.stringMatching(new RegExp(`^event ${id} is not in the chain: .*"actorName":"Mallory"`)),
    ]);
    await tamper("delete from audit_events where id = $1", id);
  });

  test("with the id of a sealed event is reported, whichever of the two was sealed", async () => {
    const chain = await createChain(3);
    const id = eventAt(chain, 2);
    await withoutConstraint("audit_events", "audit_events_pkey", "primary key (id)", async () => {
      await insertCopy(id, id);
      expect(await findingsIn(chain.id)).toContain(`event ${id} is there 2 times: the chain is of one of them.`);
      await tamper("delete from audit_events where id = $1 and actor_name = 'Mallory'", id);
    });
    expect(await findingsIn(chain.id)).toEqual([]);
  });

  test("without an id is reported, also beyond the first batch", async () => {
    const [chain, other] = [await createChain(1), await createChain(1)];
    await withoutConstraint("audit_events", "audit_events_pkey", "primary key (id)", async () => {
      await asOwner((owner) => owner.query("alter table audit_events alter id drop not null"));
      await insertCopy(eventAt(chain, 1), "nothing");
      await tamper("update audit_events set id = null where id = 'nothing'");
      const finding = [expect.stringMatching(/^event null is not in the chain/)];
      expect(await findingsIn(chain.id)).toEqual(finding);
      await insertCopy(eventAt(other, 1), "many");
      await tamper(
        `insert into audit_events (id, organization_id, actor_id, actor_kind, actor_name, action, subject_id, subject_name,
         detail, channel) select id || i, organization_id, actor_id, actor_kind, actor_name, action, subject_id,
         subject_name, detail, channel from audit_events, generate_series(1, 10000) i where id = 'many'`,
      );
      expect(await findingsIn(chain.id)).toEqual(finding);
      await tamper("delete from audit_events where id is null or id like 'many%'");
    });
  });

  test.each([
    ["before the chain's beginning", "0"],
    ["at the lowest of positions", "-9223372036854775808"],
  ])("with an entry %s is reported, also in an organization without a chain", async (_where, position) => {
    const [chain, none] = [await createChain(1), (await createTenant()).organization.id];
    for (const organizationId of [chain.id, none]) {
      await insertCopy(eventAt(chain, 1), "inserted");
      await tamper(`insert into audit_chain values ($1, ${position}, 'inserted', sha256('x'))`, organizationId);
      const findings = await findingsIn(chain.id);
      expect(findings).toContainEqual(expect.stringMatching(/^event inserted is not in the chain/));
      await tamper("delete from audit_chain where event_id = 'inserted'");
      await tamper("delete from audit_events where id = 'inserted'");
    }
  });

  test("with an entry in an unknown organization is reported", async () => {
    const chain = await createChain(1);
    await insertCopy(eventAt(chain, 1), "inserted");
    const constraint = "audit_chain_organization_id_organizations_id_fk";
    const anew = "foreign key (organization_id) references organizations (id)";
    await withoutConstraint("audit_chain", constraint, anew, async () => {
      await tamper("insert into audit_chain values ('org_none', 1, 'inserted', sha256('x'))");
      expect(await findingsIn(chain.id)).toEqual([expect.stringMatching(/^event inserted is not in the chain/)]);
      await tamper("delete from audit_chain where event_id = 'inserted'");
    });
    await tamper("delete from audit_events where id = 'inserted'");
  });

  test("with an entry at another's position is reported at a batch's end", async () => {
    const chain = await createChain(2);
    await withoutConstraint(
      "audit_chain",
      "audit_chain_organization_id_position_pk",
      "primary key (organization_id, position)",
      async () => {
        await insertCopy(eventAt(chain, 1), "inserted");
        await tamper("insert into audit_chain values ($1, 2000, 'inserted', sha256('x'))", chain.id);
        await tamper("update audit_chain set position = 2000 where event_id = $1", eventAt(chain, 2));
        await tamper(
          `insert into audit_chain select $1, i, 'x' || i, sha256('x') from generate_series(2, 1999) i`,
          chain.id,
        );
        expect(await findingsIn(chain.id)).toContain("1 more entry is in the chain than it has positions.");
        await tamper("delete from audit_chain where organization_id = $1", chain.id);
      },
    );
    await tamper("delete from audit_events where id = 'inserted'");
  });
});
