import { AsyncResource } from "node:async_hooks";
import { beginSharedWait, shareDatabaseAs, withDatabaseDeadline } from "@/lib/database-deadline";
import { isUnavailable } from "@/lib/unavailable";

const queriesAtOnce = 2;
/**
 * Milliseconds. Less than a request's deadline, so that a request that waited behind a query without an answer has time
 * for the next one. More than the two seconds after which the pool replaces the connections of a silent server.
 */
const longestQuery = 2500;
/** A query takes turns of its own for a connection, not those of its first request's caller. */
const ownCaller = "requests together";

/** Reads the values of these keys, all different, with one query. What has no value is left out. */
type Load<V> = (keys: string[]) => Promise<ReadonlyMap<string, V>>;
type Found<V> = ReadonlyMap<string, V | Error>;

/** What a request asks for. The answer or the request's deadline settles it, whichever comes first. */
class Question<V> {
  isOpen = true;
  private readonly endWait: () => boolean;

  constructor(
    readonly key: string,
    private readonly resolve: (value: V | undefined) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.endWait = beginSharedWait((error) => {
      this.isOpen = false;
      reject(error);
    });
  }

  settle(value: V | Error | undefined): void {
    if (!this.endWait()) return;
    if (value instanceof Error) this.reject(value);
    else this.resolve(value);
  }
}

/**
 * Belongs to the trace of its first request. AsyncLocalStorage.bind would keep the request's context in memory for seconds:
 * it makes accessors, and with them a hidden class of V8, for each function.
 */
class Batch<V> extends AsyncResource {
  readonly questions: Question<V>[] = [];

  constructor() {
    super("batch");
  }
}

/**
 * Returns a function that reads one value, together with those for which other requests ask at the same time. A request
 * joins only a query that is sent after it asked, so it sees what was committed before. At most two queries are under way.
 * The wait counts towards the request's deadline.
 */
export function createBatches<V>(load: Load<V>, mostKeys = 200): (key: string) => Promise<V | undefined> {
  const due: Batch<V>[] = [];
  let underWay = 0;
  let isScheduled = false;

  function add(question: Question<V>): void {
    let last = due.at(-1);
    if (!last || last.questions.length >= mostKeys) {
      last = new Batch();
      due.push(last);
    }
    last.questions.push(question);
    if (isScheduled || underWay >= queriesAtOnce) return;
    isScheduled = true;
    // Once the requests that have already arrived are read.
    setImmediate(() => {
      isScheduled = false;
      sendDue();
    });
  }

  function sendDue(): void {
    while (underWay < queriesAtOnce) {
      const batch = due.shift();
      if (!batch) return;
      underWay++;
      void batch.runInAsyncScope(send, undefined, batch.questions);
    }
  }

  async function send(questions: Question<V>[]): Promise<void> {
    const keys = new Set<string>();
    for (const { key, isOpen } of questions) if (isOpen) keys.add(key);
    const answerTo = await withDatabaseDeadline(() => {
      shareDatabaseAs(ownCaller);
      return loadEach([...keys]);
    }, longestQuery).then(
      (found) => (key: string) => found.get(key),
      (error) => () => asError(error),
    );
    underWay--;
    sendDue();
    for (const question of questions) question.settle(answerTo(question.key));
  }

  /** If one value can't be read, it alone is an error: each half is read again. */
  async function loadEach(keys: string[]): Promise<Found<V>> {
    if (keys.length === 0) return new Map();
    try {
      return await load(keys);
    } catch (error) {
      const failure = asError(error);
      if (keys.length === 1 || isUnavailable(error)) return new Map(keys.map((key) => [key, failure]));
      const middle = Math.ceil(keys.length / 2);
      return new Map([...(await loadEach(keys.slice(0, middle))), ...(await loadEach(keys.slice(middle)))]);
    }
  }

  return (key) => new Promise((resolve, reject) => add(new Question(key, resolve, reject)));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("a query for several requests failed", { cause: error });
}
