/**
 * Whose credential it is that was good lately. It says with whose requests another one counts, before the database is
 * asked; never what that may do. Only who has a good credential adds to it.
 */
export class KnownCredentials {
  private readonly users = new Map<string, string>();

  constructor(private readonly capacity: number) {}

  userOf(hash: Buffer): string | undefined {
    return this.users.get(keyOf(hash));
  }

  /** Of a credential that has just been found good. Where there are too many, the one that was noted first goes. */
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
