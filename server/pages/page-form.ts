/** All that React would parse: what our forms send as arguments takes some dozen bytes. */
const mostModelBytes = 4 * 1024;
const mostFields = 64;

type Field = { name: string; size: number };
type Body = { body: Buffer; contentType: string };

// As browsers write a field that is no file, and with the characters that our fields' names have: no two parsers read
// that differently.
const fieldHead = /^content-disposition: form-data; name="([\w$:.-]{1,256})"$/i;
const longestHead = 320;
const boundaryParameter = /^multipart\/form-data; *boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'+.-]{1,70}))$/;

/**
 * The content type under which Next may decode the body of a POST; undefined where it is none that our forms send.
 * React's decoder takes much longer than the body's size says for what is in its own format: that much is bounded here.
 */
export function soundContentType({ body, contentType }: Body, isAction: boolean): string | undefined {
  // To the letter as Next looks at it (server-action-request-meta.js): in another case it takes the body for a text.
  if (!contentType.startsWith("multipart/form-data"))
    return isAction && body.length > mostModelBytes ? undefined : contentType;
  const [, quoted, bare] = boundaryParameter.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  const fields = boundary === undefined ? undefined : fieldsOf(body, boundary);
  if (!fields || modelBytes(fields, isAction) > mostModelBytes) return undefined;
  return `multipart/form-data; boundary="${boundary}"`;
}

/** The fields of a form; undefined where anything but fields stands in it. Costs a search for the boundary. */
function fieldsOf(body: Buffer, boundary: string): Field[] | undefined {
  const opening = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if (!body.subarray(0, opening.length).equals(opening)) return undefined;
  const fields: Field[] = [];
  let at = opening.length;
  for (;;) {
    if (/^--(\r\n)?$/.test(body.toString("latin1", at, at + 5))) return fields;
    const end = body.indexOf(delimiter, at);
    const field = end < 0 || fields.length === mostFields ? undefined : fieldIn(body.subarray(at, end));
    if (!field) return undefined;
    fields.push(field);
    at = end + delimiter.length;
  }
}

/** What stands between two boundaries. */
function fieldIn(part: Buffer): Field | undefined {
  const head = part.toString("latin1", 0, longestHead);
  const [, name] = fieldHead.exec(head.slice(2, head.indexOf("\r\n\r\n"))) ?? [];
  return head.startsWith("\r\n") && name !== undefined ? { name, size: part.length } : undefined;
}

function modelBytes(fields: Field[], isAction: boolean): number {
  return fields.reduce((sum, { name, size }) => sum + (isModel(name, isAction) ? size : 0), 0);
}

/** An action's arguments are models, except the fields of a form among them; a plain form's models have names of React's. */
function isModel(name: string, isAction: boolean): boolean {
  return isAction ? !name.startsWith("_") : name.startsWith("$ACTION_");
}
