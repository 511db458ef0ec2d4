import { type DotenvLine, readDotenv } from "./dotenv-text";
import type { EnvironmentVariable } from "./environment-variable";
import { beyondLimits, limits, usageOf } from "./limits";
import { variableName } from "./name";
import { warningAbout } from "./reserved-names";
import { sizeOf, variableValue } from "./value";
import type { Values } from "./values";

/** The outcome of a line; `expected` is the revision that it replaces. */
export type PlannedLine =
  | {
      kind: "added" | "replaced";
      line: number;
      name: string;
      size: number;
      warning: string | null;
      expected: string | null;
    }
  | { kind: "refused"; line: number; name: string | null; reason: string };

/** `usedBytes` and `variables` are those after the import; `problem` is set if it can't be applied at all. */
export type Plan = { lines: PlannedLine[]; usedBytes: number; variables: number; problem: string | null };

const mostStatements = 1000;
const tooMany = `This text has more than ${mostStatements.toLocaleString("en")} lines besides blank ones and comments. An access token has at most ${limits.variables} environment variables.`;

/** The outcome of a .env text for these variables and, separately, the values that it would set. */
export function planOf(text: string, current: EnvironmentVariable[]): { plan: Plan; values: Values } {
  const read = readDotenv(text, mostStatements);
  if (read.length > mostStatements) {
    return { plan: { lines: [], ...usageOf(current), problem: tooMany }, values: new Map() };
  }
  const values: Values = new Map();
  const revisions = new Map(current.map(({ name, revision }) => [name, revision]));
  const lastLines = new Map(read.flatMap((one) => ("name" in one ? [[one.name, one.line]] : [])));
  const lines = read.map((one) => {
    const planned = planLine(one, revisions, lastLines);
    if (planned.kind !== "refused" && "value" in one) values.set(one.name, one.value);
    return planned;
  });
  const sizes = new Map(current.map(({ name, size }) => [name, size]));
  for (const [name, value] of values) sizes.set(name, sizeOf(value));
  const usage = usageOf([...sizes].map(([name, size]) => ({ name, size })));
  const problem = values.size === 0 ? "No line of this text sets a variable." : beyondLimits(usage)?.message;
  return { plan: { lines, ...usage, problem: problem ?? null }, values };
}

type ByName<T> = ReadonlyMap<string, T>;

function planLine(read: DotenvLine, revisions: ByName<string>, lastLines: ByName<number>): PlannedLine {
  const { line } = read;
  if ("problem" in read) return { kind: "refused", line, name: null, reason: read.problem };
  const { name, value } = read;
  const reason = refusalOf(name, value) ?? repetition(read, lastLines);
  if (reason) return { kind: "refused", line, name, reason };
  const expected = revisions.get(name) ?? null;
  const kind = expected === null ? "added" : "replaced";
  return { kind, line, name, size: sizeOf(value), warning: warningAbout(name) ?? null, expected };
}

function refusalOf(name: string, value: string): string | undefined {
  const { error } =
    [variableName.safeParse(name), variableValue.safeParse(value)].find(({ success }) => !success) ?? {};
  return error?.issues[0]?.message;
}

/** dotenv silently takes the last one. */
function repetition({ name, line }: { name: string; line: number }, lastLines: ByName<number>): string | undefined {
  const last = lastLines.get(name) ?? line;
  return last === line ? undefined : `${name} is set again in line ${last}. Keep one of the two.`;
}
