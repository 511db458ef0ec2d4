import { AsyncResource } from "node:async_hooks";
import DataLoader from "dataloader";
import { shareDatabaseAs, waitWithinDeadline, withDatabaseDeadline } from "@/lib/database-deadline";
import { isUnavailable } from "@/lib/unavailable";

const queriesAtOnce = 2;
/**
 * Milliseconds. Less than a request's deadline, so that a request that waited behind a query without an answer has time
 * for the next one. More than the two seconds after which the pool replaces the connections of a silent server.
 */
const longestQuery = 2500;
/** A query takes turns of its own for a connection, not those of its first request's caller. */
const ownCaller = "requests together";

/** What a request asks for. It is closed once the request waits no longer. */
type Question = { key: string; isOpen: boolean };

/** Reads the values of these keys, all different, with one query. What has no value is left out. */
type Load<V> = (keys: string[]) => Promise<ReadonlyMap<string, V>>;

/**
 * Returns a function that reads one value, together with those for which other requests ask at the same time. A request
 * joins only a query that is sent after it asked, so it sees what was committed before. At most two queries are under way.
 * The wait counts towards the request's deadline.
 */
export function createBatches<V>(load: Load<V>, mostKeys = 200): (key: string) => Promise<V | undefined> {
  const due: (() => void)[] = [];
  let underWay = 0;
  let isScheduled = false;

  const loader = new DataLoader<Question, V | undefined>(answer, {
    cache: false,
    maxBatchSize: mostKeys,
    batchScheduleFn: (send) => {
      // A batch belongs to the trace of its first request. AsyncLocalStorage.bind would keep the context in memory for
      // seconds: it makes accessors, and with them a hidden class of V8, for each function.
      const first = new AsyncResource("batch");
      due.push(() => first.runInAsyncScope(send));
      if (isScheduled) return;
      isScheduled = true;
      // Once the requests that have already arrived are read.
      setImmediate(() => {
        isScheduled = false;
        sendDue();
      });
    },
  });

  function sendDue(): void {
    while (underWay < queriesAtOnce) {
      const send = due.shift();
      if (!send) return;
      underWay++;
      send();
    }
  }

  async function answer(questions: readonly Question[]): Promise<(V | Error | undefined)[]> {
    const keys = new Set(questions.filter(({ isOpen }) => isOpen).map(({ key }) => key));
    try {
      const found = await withDatabaseDeadline(() => {
        shareDatabaseAs(ownCaller);
        return loadEach([...keys]);
      }, longestQuery);
      return questions.map(({ key }) => found.get(key));
    } finally {
      underWay--;
      sendDue();
    }
  }

  /** If one value can't be read, it alone is an error: each half is read again. */
  async function loadEach(keys: string[]): Promise<ReadonlyMap<string, V | Error>> {
    if (keys.length === 0) return new Map();
    try {
      return await load(keys);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (keys.length === 1 || isUnavailable(error)) return new Map(keys.map((key) => [key, failure]));
      const middle = Math.ceil(keys.length / 2);
      return new Map([...(await loadEach(keys.slice(0, middle))), ...(await loadEach(keys.slice(middle)))]);
    }
  }

  return async (key) => {
    const question = { key, isOpen: true };
    try {
      return await waitWithinDeadline(loader.load(question));
    } finally {
      question.isOpen = false;
    }
  };
}
