import type { Connection, QueryArrayConfig } from "pg";

type Statement = { name: string; text: string };
type Row = (string | null)[];
type Callback = (error: Error | undefined, result?: { rows: Row[] }) => void;
/** What pg's `Connection` has, and its types get wrong or leave out. */
type Wire = {
  stream: Connection["stream"];
  parsedStatements: Record<string, string | undefined>;
  parse: (statement: Statement) => void;
  bind: (portal: { statement: string; values: (string | null)[] }) => void;
  execute: () => void;
  sync: () => void;
};

/**
 * A named statement for a pool's `query`. Its rows are arrays of texts as PostgreSQL writes them, and so are its values.
 * For checks of secrets and for sessions' values: pg's own query asks for the columns' descriptions each time, and
 * copies its configuration. pg takes a query of one's own, as its cursor is one: an object with `submit`, which gets the
 * messages of the answer.
 */
export function textQuery(statement: Statement, values: (string | null)[]): QueryArrayConfig {
  return new TextQuery(statement, values);
}

/** An array as PostgreSQL reads it (its documentation, 8.15.6): in quotes, with a backslash before quotes and backslashes. */
export function textArray(values: string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

/**
 * The same for the hexadecimal texts of `bytea` that we write ourselves, and for nothing else: only the backslash at their
 * beginning is quoted. A search in each would take half a microsecond.
 */
export function bytesArray(values: string[]): string {
  return `{${values.map((value) => `"\\${value}"`).join(",")}}`;
}

/**
 * The bytes of a `bytea` as PostgreSQL writes it, in memory of their own: the pool of `Buffer.from` would keep 8 KiB for a
 * few of them.
 */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.alloc(text.length / 2 - 1);
  bytes.write(text.slice(2), "hex");
  return bytes;
}

class TextQuery {
  readonly name: string;
  readonly text: string;
  readonly rowMode = "array";
  /** The pool sets it. */
  callback: Callback | undefined;
  private readonly rows: Row[] = [];

  constructor(
    { name, text }: Statement,
    readonly values: (string | null)[],
  ) {
    this.name = name;
    this.text = text;
  }

  submit(connection: Wire): void {
    const { name, text, values } = this;
    connection.stream.cork();
    try {
      if (connection.parsedStatements[name] === undefined) connection.parse({ name, text });
      connection.bind({ statement: name, values });
      connection.execute();
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  handleDataRow({ fields }: { fields: Row }): void {
    this.rows.push(fields);
  }

  handleReadyForQuery(): void {
    this.callback?.(undefined, { rows: this.rows });
  }

  /** Called once, also when the connection ends. */
  handleError(error: Error): void {
    this.callback?.(error);
  }

  /** Says how many rows there were. */
  handleCommandComplete(): void {}
}
