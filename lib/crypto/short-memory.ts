/** Remembers values for so many milliseconds, and the latest so many of them. */
export class ShortMemory<T> {
  readonly #entries = new Map<string, { value: T; timer: NodeJS.Timeout }>();

  constructor(
    private readonly lifetime: number,
    private readonly capacity: number,
  ) {}

  get(name: string): T | undefined {
    return this.#entries.get(name)?.value;
  }

  set(name: string, value: T): void {
    this.delete(name);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.capacity) break;
      this.delete(oldest);
    }
    // A timer, so that a value is gone also where nobody asks for it again.
    const timer = setTimeout(() => this.#entries.delete(name), this.lifetime).unref();
    this.#entries.set(name, { value, timer });
  }

  clear(): void {
    for (const name of this.#entries.keys()) this.delete(name);
  }

  delete(name: string): void {
    clearTimeout(this.#entries.get(name)?.timer);
    this.#entries.delete(name);
  }
}
