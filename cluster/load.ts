import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { Ledger } from "./ledger";
import type { Seeded, Token } from "./tenant";

/** What a request is for: its token is to be accepted, a variable read, something written, a revoked token refused. */
export type Kind = "authentication" | "reading" | "write" | "refusal";
/** Times by `performance.now`. The status is 0 without an answer. */
export type Answer = { kind: Kind; status: number; saysWhen: boolean; begun: number; ended: number };

export type Scene = { url: string; seeded: Seeded; ledger: Ledger; jwt: () => Promise<string> };

const expected: Record<Kind, number[]> = {
  authentication: [200],
  reading: [200],
  write: [200, 201],
  refusal: [401],
};
const longestAnswer = 15_000;
const variable = "COUNT";
const created = z.object({ id: z.string(), token: z.string().optional() });
const context = z.object({ environment: z.object({ [variable]: z.coerce.number().default(0) }) });

export function isGood({ kind, status }: Answer): boolean {
  return expected[kind].includes(status);
}

export function isOf(kind: Kind): (answer: Answer) => boolean {
  return (answer) => answer.kind === kind;
}

/** A few clients that ask without an end, keep the ledger, and note every answer. */
export class Load {
  readonly answers: Answer[] = [];
  private readonly clients: Promise<void>[] = [];
  private isStopped = false;

  constructor(private readonly scene: Scene) {}

  /** `writers` clients change a variable each, with callers of their own. */
  start(writers: number): void {
    this.run(100, () => this.authenticate(this.scene.ledger.kept));
    this.run(100, () => this.authenticate(this.scene.ledger.kept));
    // An address may fail 600 times a minute.
    this.run(250, () => this.refuse());
    this.run(250, () => this.create());
    this.run(500, () => this.revoke());
    for (let writer = 0; writer < writers; writer++) {
      this.run(writer < 2 ? 100 : 20, () => this.change(writer));
    }
    for (let reader = 0; reader < 2; reader++) this.run(250, () => this.read(reader));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  /** Every variable, every recently revoked token and many of the good ones, once. */
  async lookAtAll(): Promise<void> {
    const { ledger } = this.scene;
    for (const index of ledger.variables.keys()) await this.read(index);
    for (const token of ledger.kept.slice(-100)) await this.authenticate([token]);
    for (const token of ledger.revoked.slice(-100)) await this.refuse(token);
  }

  private run(pause: number, work: () => Promise<void>): void {
    const client = async () => {
      while (!this.isStopped) {
        await work();
        await setTimeout(pause);
      }
    };
    this.clients.push(client());
  }

  private async authenticate(tokens: Token[]): Promise<void> {
    const { status } = await this.ask("authentication", "GET", "/access-tokens/self", anyOf(tokens)?.secret);
    if (status === 401) this.scene.ledger.violations.refused++;
  }

  private async refuse(token = anyOf(this.scene.ledger.revoked)): Promise<void> {
    if (!token) return;
    const { status } = await this.ask("refusal", "GET", "/access-tokens/self", token.secret);
    if (status === 200) this.scene.ledger.violations.accepted++;
  }

  private async read(index: number): Promise<void> {
    const { ledger } = this.scene;
    const target = ledger.variables[index];
    if (!target) return;
    const { acknowledged } = target;
    const { status, body } = await this.ask("reading", "GET", "/session-context", target.target.secret);
    if (status === 401) ledger.violations.refused++;
    if (status !== 200) return;
    const value = context.parse(body).environment[variable];
    if (value < acknowledged || value > target.sent) ledger.violations.lost++;
  }

  /** Asks with the same key until it is answered. */
  private async create(): Promise<void> {
    const { seeded, ledger, jwt } = this.scene;
    const key = crypto.randomUUID();
    const expiresAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const body = { name: key, admin: false, expires_at: expiresAt, group_id: seeded.groupId };
    await this.untilDone(async () => {
      const answer = await this.ask("write", "POST", "/access-tokens", await jwt(), body, { "idempotency-key": key });
      if (answer.status !== 201 && answer.status !== 200) return false;
      const { id, token } = created.parse(answer.body);
      ledger.addCreated(id, token);
      return true;
    });
  }

  private async revoke(): Promise<void> {
    const { ledger, seeded } = this.scene;
    const token = ledger.toRevoke.shift();
    if (!token) return;
    const isDone = await this.untilDone(async () => {
      const admin = anyOf(seeded.writers)?.caller.secret;
      return (await this.ask("write", "POST", `/access-tokens/${token.id}/revoke`, admin)).status === 200;
    });
    if (isDone) ledger.revoked.push(token);
  }

  private async change(index: number): Promise<void> {
    const { ledger, seeded } = this.scene;
    const [writer, target] = [seeded.writers[index], ledger.variables[index]];
    if (!writer || !target) return;
    const value = ++target.sent;
    const path = `/access-tokens/${target.target.id}/environment-variables/${variable}`;
    const { status } = await this.ask("write", "PUT", path, writer.caller.secret, { value: String(value) });
    if (status === 200 || status === 201) target.acknowledged = value;
  }

  private async untilDone(attempt: () => Promise<boolean>): Promise<boolean> {
    while (!(await attempt())) {
      if (this.isStopped) return false;
      await setTimeout(200);
    }
    return true;
  }

  private async ask(
    kind: Kind,
    method: string,
    path: string,
    credential = "",
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown }> {
    const begun = performance.now();
    let [status, saysWhen, text] = [0, false, ""];
    try {
      const response = await fetch(`${this.scene.url}/api/v2.0${path}`, {
        method,
        headers: {
          authorization: `Bearer ${credential}`,
          ...(body && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(longestAnswer),
      });
      text = await response.text();
      status = response.status;
      saysWhen = response.headers.has("retry-after");
    } catch {}
    this.answers.push({ kind, status, saysWhen, begun, ended: performance.now() });
    const isJson = status === 200 || status === 201;
    return { status, body: isJson ? JSON.parse(text) : undefined };
  }
}

function anyOf<T>(items: T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}
