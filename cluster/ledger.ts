import type { Seeded, Token } from "./tenant";

/** Values of a variable are numbers that only grow: the last acknowledged one, and the last that was sent. */
type Variable = { target: Token; acknowledged: number; sent: number };

/** What was acknowledged and must stay so, and what was answered against it. */
export class Ledger {
  /** Good for the whole run. */
  readonly kept: Token[];
  /** Created, also where the answer with the secret was lost; some of them to be revoked. */
  readonly created = new Set<string>();
  readonly toRevoke: Token[] = [];
  readonly revoked: Token[] = [];
  readonly variables: Variable[];
  /** Refused with 401 although good; accepted although revoked; an older value than acknowledged. */
  readonly violations = { refused: 0, accepted: 0, lost: 0 };

  constructor({ kept, writers }: Seeded) {
    this.kept = [...kept];
    this.variables = writers.map(({ target }) => ({ target, acknowledged: 0, sent: 0 }));
  }

  get acknowledged(): number {
    const changes = this.variables.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    return this.created.size + this.revoked.length + changes;
  }

  /** Every second created token stays good. */
  addCreated(id: string, secret: string | undefined): void {
    this.created.add(id);
    if (!secret) return;
    (this.created.size % 2 ? this.kept : this.toRevoke).push({ id, secret });
  }

  /** Acknowledged creations and revocations that the database does not have. */
  async countLost(query: (text: string, values: unknown[]) => Promise<Record<string, unknown>[]>): Promise<number> {
    const rows = await query(
      `select (select count(*) from unnest($1::text[]) as given (id) left join access_tokens using (id)
               where access_tokens.id is null)::int as creations,
              (select count(*) from unnest($2::text[]) as given (id) left join access_tokens using (id)
               where access_tokens.revoked_at is null)::int as revocations`,
      [[...this.created], this.revoked.map(({ id }) => id)],
    );
    return Number(rows[0]?.creations) + Number(rows[0]?.revocations);
  }
}
