import { Client } from "pg";
import { vi } from "vitest";

/** The texts of the statements that the work sends to the database, in their order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(Client.prototype, "query");
  try {
    await work();
    return query.mock.calls.map(([asked]) => String(Object(asked).text ?? asked));
  } finally {
    query.mockRestore();
  }
}
