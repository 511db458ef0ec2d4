import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { closed } from "./closed-schema";
import { type Document, operationsOf, type Response, readDocument } from "./openapi-document";

export type Exchange = {
  method: string;
  /** As sent, with its query. */
  path: string;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
};

let read: Promise<Description> | undefined;

/** How the answer departs from openapi.json. */
export async function departures(exchange: Exchange): Promise<string[]> {
  read ??= readDocument().then((document) => new Description(document));
  return (await read).departures(exchange);
}

/** The answers of a path that isn't described, or of a described path with another method. */
const unrouted: Record<number, Response> = {
  404: problem("not_found", {}),
  405: problem("method_not_allowed", {
    Allow: { description: "What is", required: true, schema: { type: "string" }, example: "GET, HEAD" },
  }),
};

export class Description {
  private readonly ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  /** By their text: most answers refer to the same problem, and a compilation is slow. */
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: Document) {
    addFormats(this.ajv);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      this.ajv.addSchema(closed(schema, { isPart: true }), name);
    }
  }

  departures({ method, path, ...answer }: Exchange): string[] {
    const response = this.responses(method === "HEAD" ? "GET" : method, path)[answer.status];
    if (!response) return [`the status ${answer.status}`];
    const ofBody = method === "HEAD" ? [] : this.bodyDepartures(response, answer);
    return [...this.headerDepartures(response, answer), ...ofBody];
  }

  /** How the value departs from the schema, which is closed for properties that it doesn't describe. */
  check(schema: unknown, value: unknown): string[] {
    const text = JSON.stringify(schema);
    const validate = this.compiled.get(text) ?? this.ajv.compile(closed(schema, { isPart: false }));
    this.compiled.set(text, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = "", params }) =>
      [instancePath, message, JSON.stringify(params)].filter(Boolean).join(" "),
    );
  }

  /** The responses of the path with the fewest parameters, so that /access-tokens/self isn't taken for a token's id. */
  private responses(method: string, asked: string): Record<string, Response> {
    const { pathname } = new URL(`http://api${asked}`);
    const fitting = operationsOf(this.document)
      .filter(({ address }) => patternOf(address).test(pathname))
      .sort((one, other) => one.address.split("{").length - other.address.split("{").length);
    const found = fitting.find((one) => one.address === fitting[0]?.address && one.method === method.toLowerCase());
    return found?.operation.responses ?? unrouted;
  }

  private headerDepartures(response: Response, { headers }: Pick<Exchange, "headers">): string[] {
    return Object.entries(response.headers).flatMap(([name, { required, schema }]) => {
      const value = headers[name.toLowerCase()];
      if (value === undefined) return required ? [`the header ${name}, which is missing`] : [];
      return this.check(schema, value).map((departure) => `the header ${name} ${departure}`);
    });
  }

  private bodyDepartures({ content }: Response, answer: Pick<Exchange, "headers" | "text">): string[] {
    if (Object.keys(content).length === 0) return answer.text === "" ? [] : ["the body, which should be empty"];
    const [mediaType = ""] = String(answer.headers["content-type"]).split(";", 1);
    const described = content[mediaType];
    if (!described) return [`the media type ${mediaType}`];
    const value: unknown = /[/+]json$/.test(mediaType) ? JSON.parse(answer.text) : answer.text;
    return this.check(described.schema, value).map((departure) => `the body ${departure}`);
  }
}

function problem(code: string, headers: Response["headers"]): Response {
  const narrowed = { type: "object", properties: { code: { const: code } } };
  const schema = { allOf: [{ $ref: "#/components/schemas/Problem" }, narrowed] };
  return { description: code, headers, content: { "application/problem+json": { schema } } };
}

function patternOf(address: string): RegExp {
  return new RegExp(`^${address.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
}
