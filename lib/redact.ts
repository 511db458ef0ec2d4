const mask = "[redacted]";
const word = "pass(?:word|wd|phrase)|secret|token|cookie|authorization|credential|api[_-]?key|private[_-]?key|encryption";

/** The name of something secret, such as `accessToken` or `set-cookie`; not of its id. `params` are a failed query's. */
const secretName = new RegExp(`^(?:[\\w-]*(?:${word})[\\w-]*(?<!id)|params)$`, "i");

const inText: [RegExp, string][] = [
  [/vh[go]_[0-9A-Za-z]{4,}/g, `vh*_${mask}`],
  [/\b(?:gl(?:pat|rt|cbt|dt|ft|soat|ptt|imt)-|gh[a-z]_|github_pat_)[\w.-]+/g, mask],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask],
  [/\$argon2[^\s"\\]*/g, mask],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${mask}`],
  [/\b((?:set-)?cookie|authorization)(\\?["']?\s*[:=]).*/gi, `$1$2 ${mask}`],
  [/((?:__Host-|__Secure-)?authjs\.[\w.-]+)=[^;\s"\\]+/gi, `$1=${mask}`],
  [new RegExp(`\\b([\\w-]*(?:${word})s?\\\\?["']?\\s*[:=]\\s*)(?:\\\\?"(?:[^"\\\\]|\\\\.)*"|[^\\s,;&]+)`, "gi"), `$1${mask}`],
  [/(\w+:\/\/[^:@/\s]+):[^\s"]+@/g, `$1:${mask}@`],
  // PostgreSQL's errors repeat the row, Drizzle's the parameters: up to the stack, which a parameter may look like.
  [/(Failing row contains |\)=)\([\s\S]*\)/g, `$1(${mask})`],
  [/(\nparams: )[\s\S]*?(?=(?:\n {4}at .*)+(?:\ncaused by|$)|$)/g, `$1${mask}`],
];

/** Takes secrets out of one line of JSON, by the names of its members and by their looks. The last door before the log. */
export function redact(line: string): string {
  try {
    return `${JSON.stringify(JSON.parse(line, withoutSecrets))}\n`;
  } catch {
    return redactText(line);
  }
}

function withoutSecrets(name: string, value: unknown): unknown {
  if (typeof value === "string") return secretName.test(name) ? mask : redactText(value);
  if (Array.isArray(value)) return value.map((one, place) => (isSecretName(value[place - 1]) ? mask : one));
  return value;
}
