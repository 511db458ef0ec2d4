import { setTimeout } from "node:timers/promises";
import { type Backend, SessionClient, type SessionConfig } from "@/db/session/session";

/** Milliseconds between two looks, and for one look. */
const pause = 250;
const longestLook = 2000;

/**
 * The server processes of connections that were given up while a query was running. The server notices late that its
 * client is gone: a commit that waits for a synchronous standby does not look for it. A connection of its own asks the
 * server which of the processes are still at work, as long as there are any.
 */
export class AbandonedConnections {
  private readonly backends = new Map<Backend, () => void>();
  private watcher: SessionClient | undefined;
  private isLooking = false;
  private isStopped = false;

  constructor(private readonly config: SessionConfig) {}

  get count(): number {
    return this.backends.size;
  }

  /** Calls `onEnd` once the server no longer works for this connection. */
  add(backend: Backend, onEnd: () => void): void {
    this.backends.set(backend, onEnd);
    if (!this.isLooking && !this.isStopped) void this.look();
  }

  stop(): void {
    this.isStopped = true;
    this.endWatcher();
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    while (this.count > 0 && !this.isStopped) {
      await setTimeout(pause, undefined, { ref: false });
      // Without an answer they still count: the server may be full, or hang with all of them.
      await this.lookOnce().catch(() => this.endWatcher());
    }
    this.isLooking = false;
    this.endWatcher();
  }

  private async lookOnce(): Promise<void> {
    // Without the application's role: only the login itself sees what its processes do.
    this.watcher ??= new SessionClient({ ...this.config, role: undefined, application_name: "vehaas-abandoned" });
    const { watcher } = this;
    const timer = globalThis.setTimeout(() => watcher.connection.stream.destroy(), longestLook);
    try {
      if (!watcher.backend) await watcher.connect();
      const backends = [...this.backends.keys()];
      const { rows } = await watcher.query<{ pid: number }>(atWork, [backends.map(({ pid }) => pid)]);
      const busy = new Set(rows.map(({ pid }) => pid));
      for (const backend of backends) {
        // After a failover another server answers.
        if (backend.server === watcher.backend?.server && busy.has(backend.pid)) continue;
        const onEnd = this.backends.get(backend);
        this.backends.delete(backend);
        onEnd?.();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private endWatcher(): void {
    const { watcher } = this;
    this.watcher = undefined;
    watcher?.connection.stream.destroy();
  }
}

/** A process that waits for its client ends once TCP tells it that the client is gone, and does no more work until then. */
const atWork = `
  select pid from pg_catalog.pg_stat_activity
  where pid = any ($1::int[]) and coalesce(state, '') not like 'idle%'`;
