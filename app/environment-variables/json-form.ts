const field = "json";

/** A form whose texts arrive as they are: in fields of its own a form would send their line ends as CR LF. */
export function toJsonForm(input: object): FormData {
  const form = new FormData();
  form.set(field, JSON.stringify(input));
  return form;
}

/** What `toJsonForm` was given; undefined where somebody else has made the form. */
export function fromJsonForm(form: FormData): unknown {
  try {
    return JSON.parse(String(form.get(field)));
  } catch {
    return undefined;
  }
}
