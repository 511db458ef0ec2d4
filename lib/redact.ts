const mask = "[redacted]";
const secretWord =
  "pass(?:word|wd|phrase)|secret|token|cookie|authorization|credential|(?:api|private)[_-]?key|encryption";
const anySecretWord = new RegExp(secretWord, "i");
const accessTokenSecret = /vh[goj]_\w{4,}/g;

// Repetitions over long runs, as in a path, are bounded or anchored at the run's start: otherwise they are slow.
const inText: [RegExp, string][] = [
  [/(?:\bgl(?:pat|rt|cbt|dt|ft|soat|ptt|imt)-|\bgh[a-z]_|github_pat_)[\w.-]+/g, mask],
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask],
  [/\$argon2[^\s"]*/g, mask],
  [/\bwhsec_[\w+/=]+/g, mask],
  // The link of an invitation or a calendar is its secret, also when encoded inside another URL.
  [/((?:invitations|calendar)(?:\/|%2F))[\w-]{16,}/gi, `$1${mask}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${mask}`],
  [/\b(cookie|authorization)(\W{0,3}[:=]).*/gi, `$1$2 ${mask}`],
  [/(authjs\.[\w.-]{1,40}|vehaas\.device)=[^;\s"]+/gi, `$1=${mask}`],
  [
    new RegExp(`(?<![\\w-])([\\w-]*(?:${secretWord})s?\\W{0,3}[:=]\\s{0,3})(?:\\\\?"[^"]*"|[^\\s,;&]+)`, "gi"),
    `$1${mask}`,
  ],
  [/(?<!\w)(\w+:\/\/[^:@/\s]+):[^\s/]{1,200}@/g, `$1:${mask}@`],
  [/(postgres(?:ql)?:\/\/[^:@/\s]+):[^\s"]{1,200}@/g, `$1:${mask}@`],
  // PostgreSQL's errors contain the row, Drizzle's the parameters, which end before the stack.
  [/(Failing row contains |\)=)\([\s\S]*\)/g, `$1(${mask})`],
  [/(\nparams: )[\s\S]*?(?=(?:\n {4}at .*(?::\d+|>)\)?)+(?:\ncaused by|$)|$)/g, `$1${mask}`],
];

// A quick pre-check, since most lines match nothing. Before a comma only a whole name counts, as in an array of headers:
// the path of each list ends with "/access-tokens". Before a colon, a break is written as two characters.
const suspicious = new RegExp(
  `vh[goj]_|gl[a-z]+-|gh[a-z]_|github_pat|eyJ|argon2|whsec_|(?:invitations|calendar)[/%]|bearer|basic|authjs|vehaas\\.device|://|Failing row|\\)=|params|(?:${secretWord})[\\w-]{0,80}(?:(?:\\\\(?:u[\\da-f]{4}|[bfnrt])|\\W){0,8}[:=]|(?<="[\\w-]{1,80})",)`,
  "i",
);

/** Redacts secrets in one line of JSON, by property name and by format. Every log line passes through here. */
export function redact(line: string): string {
  if (!suspicious.test(line)) return line;
  return redactMembers(line).replace(accessTokenSecret, `vh*_${mask}`);
}

function redactMembers(line: string): string {
  try {
    return `${JSON.stringify(JSON.parse(line, withoutSecrets))}\n`;
  } catch {
    return redactText(line);
  }
}

function withoutSecrets(name: string, value: unknown): unknown {
  if (namesSecret(name) && value !== null && typeof value !== "boolean") return mask;
  if (typeof value === "string") return redactText(value);
  // Headers may be an array of alternating names and values.
  if (Array.isArray(value)) return value.map((one, place) => (namesSecret(value[place - 1]) ? mask : one));
  return value;
}

/** True for `accessToken` or `set-cookie`, false for `accessTokenId`; true for a failed query's `params`. */
function namesSecret(name: unknown): boolean {
  if (typeof name !== "string" || !/^[\w-]{1,80}$/.test(name)) return false;
  return name === "params" || (anySecretWord.test(name) && !/id$/i.test(name));
}

function redactText(text: string): string {
  return inText.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
