const execute = "E".charCodeAt(0);
const simpleQuery = "Q".charCodeAt(0);

/** Parses a client's messages to PostgreSQL: a start-up message, then messages of a type, a length and a body. */
export class FrontendMessages {
  private rest = Buffer.alloc(0);
  private started = false;

  /** The number of queries that this chunk completes. */
  countQueries(chunk: Buffer): number {
    this.rest = Buffer.concat([this.rest, chunk]);
    let queries = 0;
    for (;;) {
      const typeLength = this.started ? 1 : 0;
      if (this.rest.length < typeLength + 4) return queries;
      const length = typeLength + this.rest.readUInt32BE(typeLength);
      if (this.rest.length < length) return queries;
      if (this.started && (this.rest[0] === execute || this.rest[0] === simpleQuery)) queries++;
      this.started = true;
      this.rest = this.rest.subarray(length);
    }
  }
}
