import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll } from "vitest";
import { SessionClient } from "@/db/session/session";

const kinds = /^\s*(?:select|insert|update|delete|with)\b/i;

/** Writes the texts of all statements that the application's connections send in this test file into the folder. */
export function recordStatements(folder: string): void {
  const texts = new Set<string>();
  const query: (...given: unknown[]) => unknown = Client.prototype.query;
  Object.assign(Client.prototype, {
    query(this: Client, ...given: unknown[]) {
      const [asked] = given;
      const text = String(Object(asked).text ?? asked);
      if (this instanceof SessionClient && kinds.test(text)) texts.add(text);
      return query.apply(this, given);
    },
  });
  afterAll(() => {
    mkdirSync(folder, { recursive: true });
    const lines = [...texts].map((text) => `${JSON.stringify(text)}\n`);
    appendFileSync(join(folder, `${process.pid}.jsonl`), lines.join(""));
  });
}
