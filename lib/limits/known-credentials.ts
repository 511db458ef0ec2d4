/**
 * Maps recently valid credentials to their users. It only decides whose limit a request counts towards before the
 * database is asked, never what the request may do. Only a valid credential is added.
 */
export class KnownCredentials {
  private readonly users = new Map<string, string>();

  constructor(private readonly capacity: number) {}

  userOf(hash: Buffer): string | undefined {
    return this.users.get(keyOf(hash));
  }

  /** Adds a credential that was just found valid. If full, removes the oldest one. */
  note(hash: Buffer, userId: string): void {
    const key = keyOf(hash);
    if (this.users.has(key)) return;
    const [oldest] = this.users.keys();
    if (this.users.size >= this.capacity && oldest !== undefined) this.users.delete(oldest);
    this.users.set(key, userId);
  }
}

function keyOf(hash: Buffer): string {
  return hash.toString("latin1");
}
