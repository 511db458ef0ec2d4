import { type DotenvLine, readDotenv } from "./dotenv-text";
import type { EnvironmentVariable } from "./environment-variable";
import { beyondLimits, usageOf } from "./limits";
import { variableName } from "./name";
import { warningAbout } from "./reserved-names";
import { sizeOf, variableValue } from "./value";
import type { Values } from "./values";

/** What becomes of a line; `expected` is the revision of what it replaces. */
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

/** `usedBytes` and `variables` as they would be afterwards; `problem` where it can't be done at all. */
export type Plan = { lines: PlannedLine[]; usedBytes: number; variables: number; problem: string | null };

/** What a .env text would do to these variables, and apart from it the values that it would set. */
export function planOf(text: string, current: EnvironmentVariable[]): { plan: Plan; values: Values } {
  const read = readDotenv(text);
  const values: Values = new Map();
  const lines = read.map((one, index) => {
    const planned = planLine(one, current, read.slice(index + 1));
    if (planned.kind !== "refused" && "value" in one) values.set(one.name, one.value);
    return planned;
  });
  const sizes = new Map(current.map(({ name, size }) => [name, size]));
  for (const [name, value] of values) sizes.set(name, sizeOf(value));
  const usage = usageOf([...sizes].map(([name, size]) => ({ name, size })));
  const problem = values.size === 0 ? "No line of this text sets a variable." : beyondLimits(usage)?.message;
  return { plan: { lines, ...usage, problem: problem ?? null }, values };
}

function planLine(read: DotenvLine, current: EnvironmentVariable[], rest: DotenvLine[]): PlannedLine {
  const { line } = read;
  if ("problem" in read) return { kind: "refused", line, name: null, reason: read.problem };
  const { name, value } = read;
  const reason = refusalOf(name, value) ?? repetition(name, rest);
  if (reason) return { kind: "refused", line, name, reason };
  const replaced = current.find((variable) => variable.name === name);
  const kind = replaced ? "replaced" : "added";
  const warning = warningAbout(name) ?? null;
  return { kind, line, name, size: sizeOf(value), warning, expected: replaced?.revision ?? null };
}

function refusalOf(name: string, value: string): string | undefined {
  const [sound, fit] = [variableName.safeParse(name), variableValue.safeParse(value)];
  return sound.error?.issues[0]?.message ?? fit.error?.issues[0]?.message;
}

/** dotenv takes the last one without a word. */
function repetition(name: string, rest: DotenvLine[]): string | undefined {
  const again = rest.find((other) => "name" in other && other.name === name);
  return again && `${name} is set again in line ${again.line}. Keep one of the two.`;
}
