import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll } from "vitest";
import { SessionClient } from "@/db/session/session";

const kinds = /^\s*(?:select|insert|update|delete|with)\b/i;

/** Writes the texts of the statements that succeed on the application's connections in this test file into the folder. */
export function recordStatements(folder: string): void {
  const texts = new Set<string>();
  const query: (...given: unknown[]) => unknown = Client.prototype.query;
  Object.assign(Client.prototype, {
    query(this: Client, ...given: unknown[]) {
      const [asked] = given;
      const text = String(Object(asked).text ?? asked);
      if (!(this instanceof SessionClient) || !kinds.test(text)) return query.apply(this, given);
      const succeeded = () => texts.add(text);
      const callback = given.at(-1);
      if (typeof callback !== "function") {
        const answer = query.apply(this, given);
        if (answer instanceof Promise) answer.then(succeeded, () => {});
        return answer;
      }
      const noting = (error: unknown, ...rest: unknown[]) => {
        if (!error) succeeded();
        return callback(error, ...rest);
      };
      return query.apply(this, [...given.slice(0, -1), noting]);
    },
  });
  afterAll(() => {
    mkdirSync(folder, { recursive: true });
    const lines = [...texts].map((text) => `${JSON.stringify(text)}\n`);
    appendFileSync(join(folder, `${process.pid}.jsonl`), lines.join(""));
  });
}
