type Curl = { method: string; url: string; headers: [string, string][]; body?: string };

/**
 * The commands of a shell text, each as its words. Reads what our documentation uses, and each command only when the one
 * before has run: it may use a variable that is set by then.
 */
export function* commandsOf(text: string, variables: Record<string, string>): Generator<string[]> {
  for (const line of linesOf(text)) {
    const words = [...line.matchAll(word)].map(([whole]) => whole.replace(piece, (one) => unquote(one, variables)));
    if (words.length > 0) yield words;
  }
}

// A quoted text, or what needs no quotes.
const piece = /'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"]+/g;
const word = /(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g;

/** Lines as the shell has them: continued after a backslash and within quotes, without comments. */
function linesOf(text: string): string[] {
  const joined = text.replace(/\\\n/g, " ").replace(/^#.*$/gm, "");
  return joined.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\n'"])+/g) ?? [];
}

function unquote(one: string, variables: Record<string, string>): string {
  if (one.startsWith("'")) return one.slice(1, -1);
  const inner = one.startsWith('"') ? one.slice(1, -1).replace(/\\(["\\$])/g, "$1") : one;
  return inner.replace(/\$(\w+)/g, (_match, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`nothing has set ${name}`);
    return value;
  });
}

/** What a curl command sends. Throws where it has an option that isn't known here. */
export function readCurl([program, ...words]: string[]): Curl {
  if (program !== "curl") throw new Error(`${program} is not curl`);
  const curl: Curl = { method: "", url: "", headers: [] };
  for (let next = words.shift(); next !== undefined; next = words.shift()) {
    if (next === "-X") curl.method = words.shift() ?? "";
    else if (next === "-d") curl.body = words.shift();
    else if (next === "-H") curl.headers.push(readHeader(words.shift() ?? ""));
    else if (next.startsWith("http")) curl.url = next;
    else if (next !== "-i") throw new Error(`what does ${next} mean to curl?`);
  }
  curl.method ||= curl.body === undefined ? "GET" : "POST";
  return curl;
}

function readHeader(text: string): [string, string] {
  const [name = "", ...value] = text.split(":");
  return [name, value.join(":").trim()];
}
