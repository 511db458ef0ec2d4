import { expect, test } from "vitest";
import { decodableContentType } from "./page-form";

const boundary = "----WebKitFormBoundaryAb1";
const type = `multipart/form-data; boundary=${boundary}`;
const quoted = `multipart/form-data; boundary="${boundary}"`;

const part = (name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const form = (...parts: string[]) => `${parts.join("")}--${boundary}--`;

function typeOf(body: string, contentType = type, isAction = true): string | undefined {
  return decodableContentType({ body: Buffer.from(body), contentType }, isAction);
}

const args = part("0", '[{"status":"idle"},"$K1"]');

test.each([
  ["no field", form()],
  ["arguments", form(args)],
  ["the fields of a form", form(part("_1_email", "a@example.com"), part("_1_password", ""), args)],
  ["a field with any text", form(part("_1_text", "\r\n--\r\n\r\n--x\0ü\r\nContent-Disposition: x"), args)],
  ["a large field", form(part("_1_text", "x".repeat(900_000)), args)],
  ["a line end at its end", `${form(args)}\r\n`],
])("an action with %s is accepted", (_what, body) => {
  expect(typeOf(body)).toBe(quoted);
  expect(typeOf(body, quoted)).toBe(quoted);
});

const issue = `[${`${"[".repeat(400)}${"]".repeat(400)},`.repeat(1200)}1]`;

test.each([
  ["deep arrays", form(part("0", issue))],
  ["empty arrays", form(part("0", `[${"[],".repeat(330_000)}1]`))],
  ["empty objects", form(part("0", `[${"{},".repeat(330_000)}1]`))],
  ["more than 4 KiB of arguments", form(part("0", `["${"x".repeat(4096)}"]`))],
  ["arguments in many pieces", form(...Array.from({ length: 40 }, (_, id) => part(String(id), "[".repeat(100))))],
  ["a stream", form(part("S1", "[".repeat(5000)), args)],
  ["many fields", form(...Array.from({ length: 65 }, (_, id) => part(`_1_${id}`, "")))],
  ["a file", form(`--${boundary}\r\nContent-Disposition: form-data; name="_1"; filename="x"\r\n\r\n\r\n`)],
  ["a header of another kind", form(part("_1_a", "").replace("\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n"))],
  ["a long header", form(part("_1_a", "").replace('_a"', `_a"; x=${"y".repeat(100_000)}`))],
  ["a name that parsers read differently", form(part('_1\\"0', ""))],
  ["a name of another alphabet", form(part("_1_ü", ""))],
  ["no name", form(`--${boundary}\r\n\r\nx\r\n`)],
  ["no header's end", form(`--${boundary}\r\nContent-Disposition: form-data; name="_1_a"\r\n`)],
  ["something before the first field", `x\r\n${form(args)}`],
  ["something after the last", `${form(args)}\r\n${form(part("0", issue))}`],
  ["no end", args],
  ["a boundary that goes on", form(args.replace(boundary, `${boundary}2`))],
  ["nothing", ""],
])("an action with %s is refused", (_what, body) => {
  expect(typeOf(body)).toBeUndefined();
});

test.each([
  "multipart/form-data",
  "multipart/form-data; boundary=",
  `multipart/form-data; boundary=x; boundary=${boundary}`,
  `multipart/form-data; charset=utf-8; boundary=${boundary}`,
  `multipart/form-data2; boundary=${boundary}`,
  `multipart/form-data; boundary=${"x".repeat(71)}`,
])("the type %s, whose boundary parsers may read differently, is refused", (contentType) => {
  expect(typeOf(form(args), contentType)).toBeUndefined();
});

// Next takes the whole body for the arguments.
test.each([
  "",
  "text/plain;charset=UTF-8",
  "application/json",
  type.toUpperCase(),
  "application/x-www-form-urlencoded; x",
])("an action of the type %j may have 4 KiB", (contentType) => {
  expect(typeOf("[]".padEnd(4096), contentType)).toBe(contentType);
  expect(typeOf("[]".padEnd(4097), contentType)).toBeUndefined();
});

test("in a form that is not an action only React's own fields are limited", () => {
  const long = "x".repeat(5000);
  expect(typeOf(form(part("secret", long), part("$ACTION_ID_40ab", "")), type, false)).toBe(quoted);
  expect(typeOf(form(part("$ACTION_REF_1", ""), part("$ACTION_1:0", long)), type, false)).toBeUndefined();
  expect(typeOf(long, "application/x-www-form-urlencoded", false)).toBe("application/x-www-form-urlencoded");
});
