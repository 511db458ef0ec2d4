const mask = "[redacted]";
const secretWord =
  "pass(?:word|wd|phrase)|secret|token|cookie|authorization|credential|(?:api|private)[_-]?key|encryption";
const anySecretWord = new RegExp(secretWord, "i");
const accessTokenSecret = /vh[go]_\w{4,}/g;

// Where a run of letters could be long, as in a path, each is bounded or begins where the run does: else they get slow.
const inText: [RegExp, string][] = [
  [/(?:\bgl(?:pat|rt|cbt|dt|ft|soat|ptt|imt)-|\bgh[a-z]_|github_pat_)[\w.-]+/g, mask],
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask],
  [/\$argon2[^\s"]*/g, mask],
  // The link of an invitation is its secret, also as part of another address.
  [/(invitations(?:\/|%2F))[\w-]{16,}/gi, `$1${mask}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${mask}`],
  [/\b(cookie|authorization)(\W{0,3}[:=]).*/gi, `$1$2 ${mask}`],
  [/(authjs\.[\w.-]{1,40}|vehaas\.device)=[^;\s"]+/gi, `$1=${mask}`],
  [
    new RegExp(`(?<![\\w-])([\\w-]*(?:${secretWord})s?\\W{0,3}[:=]\\s{0,3})(?:\\\\?"[^"]*"|[^\\s,;&]+)`, "gi"),
    `$1${mask}`,
  ],
  [/(?<!\w)(\w+:\/\/[^:@/\s]+):[^\s/]{1,200}@/g, `$1:${mask}@`],
  [/(postgres(?:ql)?:\/\/[^:@/\s]+):[^\s"]{1,200}@/g, `$1:${mask}@`],
  // PostgreSQL's errors repeat the row, Drizzle's the parameters, which end where nothing but the stack follows.
  [/(Failing row contains |\)=)\([\s\S]*\)/g, `$1(${mask})`],
  [/(\nparams: )[\s\S]*?(?=(?:\n {4}at .*(?::\d+|>)\)?)+(?:\ncaused by|$)|$)/g, `$1${mask}`],
];

// All of the above without the details: most lines have none of it, and are let through at once.
const suspicious = new RegExp(
  `vh[go]_|gl[a-z]+-|gh[a-z]_|github_pat|eyJ|argon2|invitations[/%]|bearer|basic|authjs|vehaas\\.device|://|Failing row|\\)=|params|(?:${secretWord})[\\w-]{0,80}\\W{0,8}[:=,]`,
  "i",
);

/** Takes secrets out of one line of JSON, by the names of its members and by their looks. The last door before the log. */
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
  // Headers may come as names and values in turn.
  if (Array.isArray(value)) return value.map((one, place) => (namesSecret(value[place - 1]) ? mask : one));
  return value;
}

/** True for `accessToken` or `set-cookie`, not for the id of one; and for the parameters of a failed query. */
function namesSecret(name: unknown): boolean {
  if (typeof name !== "string" || !/^[\w-]{1,80}$/.test(name)) return false;
  return name === "params" || (anySecretWord.test(name) && !/id$/i.test(name));
}

function redactText(text: string): string {
  return inText.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
