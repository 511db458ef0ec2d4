/** A form whose texts arrive as they are: in fields of its own a form would send their line ends as CR LF. */
export function toJsonForm(input: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(input)) form.set(name, JSON.stringify(value ?? null));
  return form;
}

/** What is not a text is small: 200 names of 255 characters, each with a revision. To parse it costs more than a text. */
const longestList = 96 * 1024;

/** What `toJsonForm` was given; undefined where somebody else has made the form. */
export function fromJsonForm(form: FormData): unknown {
  try {
    return Object.fromEntries([...form].map(([name, value]) => [name, parse(String(value))]));
  } catch {
    return undefined;
  }
}

function parse(json: string): unknown {
  return json.startsWith('"') || json.length <= longestList ? JSON.parse(json) : undefined;
}
