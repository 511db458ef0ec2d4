/** Bytes that React may parse. Our forms' own arguments take some dozen. */
const mostModelBytes = 4 * 1024;
const mostFields = 64;

type Field = { name: string; size: number };
type Body = { body: Buffer; contentType: string };

// A field that is not a file, in the browsers' format and with our names' characters, which all parsers read alike.
const fieldHead = /^content-disposition: form-data; name="([\w$:.-]{1,256})"$/i;
const longestHead = 320;
const boundaryParameter = /^multipart\/form-data; *boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'+.-]{1,70}))$/;

/**
 * The content type with which Next may decode a POST body; undefined if our forms don't send such a body. React's
 * decoder is slow for data in its own format, whose size is therefore limited.
 */
export function decodableContentType({ body, contentType }: Body, isAction: boolean): string | undefined {
  // Case-sensitive like Next (server-action-request-meta.js), which reads the body as text otherwise.
  if (!contentType.startsWith("multipart/form-data"))
    return isAction && body.length > mostModelBytes ? undefined : contentType;
  const [, quoted, bare] = boundaryParameter.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  const fields = boundary === undefined ? undefined : fieldsOf(body, boundary);
  if (!fields || modelBytes(fields, isAction) > mostModelBytes) return undefined;
  return `multipart/form-data; boundary="${boundary}"`;
}

/** The fields of a form; undefined if it contains anything else. The cost is one search for the boundary. */
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

/** Parses the part between two boundaries. */
function fieldIn(part: Buffer): Field | undefined {
  const head = part.toString("latin1", 0, longestHead);
  const [, name] = fieldHead.exec(head.slice(2, head.indexOf("\r\n\r\n"))) ?? [];
  return head.startsWith("\r\n") && name !== undefined ? { name, size: part.length } : undefined;
}

function modelBytes(fields: Field[], isAction: boolean): number {
  return fields.reduce((sum, { name, size }) => sum + (isModel(name, isAction) ? size : 0), 0);
}

/**
 * Whether React parses the field: an action's arguments except a form's fields, or React's own fields in a plain form.
 */
function isModel(name: string, isAction: boolean): boolean {
  return isAction ? !name.startsWith("_") : name.startsWith("$ACTION_");
}
