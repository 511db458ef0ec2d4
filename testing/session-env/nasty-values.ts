import { limits } from "@/lib/environment-variables/limits";
import { sharedCases } from "@/testing/shared-cases";

const quote = "'";
const dollarBrace = "$" + "{";

/** If a shell executes any of these, a file named `ran` appears in the working folder. */
const commands = [
  "$(>ran)",
  "`>ran`",
  `${quote};>ran;${quote}`,
  `${quote}\n>ran\n${quote}`,
  `\\${quote};>ran;\\${quote}`,
  `${quote}\\${quote}${quote};>ran;#`,
  '";>ran;"',
  "\n>ran\n",
  ";>ran",
  "|>ran",
  "&>ran",
  `${dollarBrace}x:-$(>ran)}`,
  `${dollarBrace}(e):->ran}`,
  "$((x[$(>ran)]))",
  "x[$(>ran)]",
  "<(>ran)",
  "=(>ran)",
  "() { :; }; >ran",
  `$${quote}\\x27;>ran;${quote}`,
  "*(e:'>ran':)",
];

const texts = [
  "",
  quote,
  quote.repeat(3),
  `${quote}"${quote}"`,
  `\\${quote}`,
  `${quote}\\`,
  "\\",
  "\\\\",
  "a\\\nb",
  "\n",
  "\n\n\n",
  "ends with lines\n\n",
  " ",
  "\t leading and trailing \t",
  "\r\n",
  "\r",
  "!!",
  "!$",
  "^a^b",
  "~root",
  "=ls",
  "{a,b}",
  "[a-z]*?",
  "%1 %s %n",
  "-n",
  "-e \\n",
  "#comment",
  "A=B",
  "export INJECTED=1",
  `\nexport INJECTED=1\n`,
  "\nEOF\n",
  "$INJECTED $0 $* $@ $# $? $- $$ $!",
  '{"json": "[1, \\"two\\"]", "line": "a\\nb"}',
  "-----BEGIN KEY-----\nabc+/=\n-----END KEY-----\n",
  "日本語 🔑 é e\u0301",
  "\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089",
  "\u2028\u2029\u00a0\ufeff\u202e",
  // Their UTF-8 contains the bytes 0x81 to 0x88, which dash uses for its own syntax, also before a quote.
  `\u00c1\u0101\u0142'\u0201\u2042${quote}\u{1f001}${quote}`,
  "\u0001\u007f\u0001'\u007f",
];

/** Values that are difficult for shells and for programs that write shell code. */
export function nastyEnvironment(): Record<string, string> {
  const shared = sharedCases("env_value").flatMap(({ value, expect }) =>
    expect === "accept" && typeof value === "string" ? [value] : [],
  );
  return numbered([...commands, ...texts, ...shared.filter((value) => value.length < 1000)]);
}

/** Each ASCII character except NUL. */
export function characterEnvironment(): Record<string, string> {
  return numbered(Array.from({ length: 0x7f }, (_, index) => String.fromCharCode(index + 1)));
}

function numbered(values: string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
}

/** Exactly the maximum size of a token's variables, with values that grow most by quoting and that end in line ends. */
export function largestEnvironment(): Record<string, string> {
  const { valueBytes, totalBytes } = limits;
  const names = ["QUOTES", "LINES_AT_THE_END", "REST", "__proto__"];
  const left = totalBytes - 2 * valueBytes - names.join("").length - 1;
  return Object.fromEntries([
    ["QUOTES", quote.repeat(valueBytes)],
    ["LINES_AT_THE_END", "\n".repeat(valueBytes)],
    ["REST", `${"é".repeat(Math.floor(left / 2))}${"\\".repeat(left % 2)}`],
    ["__proto__", "x"],
  ]);
}
