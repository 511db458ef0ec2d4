// Lets only one process at a time install or build in this folder.
import { rmSync, statSync, utimes, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Its owner touches this file for as long as it works. */
const lock = ".preparing";
const touchedEvery = 500;
const lookedAtEvery = 200;
/** A process that was killed, or a machine that lost its power, leaves the file behind. */
const abandonedAfter = 5000;
let hasWaited = false;

/** Does the work when no other process installs or builds here. The file is gone after it, also after a signal. */
export async function whenAlone(work) {
  await waitUntilAlone();
  const touch = () => utimes(lock, new Date(), new Date(), () => undefined);
  const touches = setInterval(touch, touchedEvery);
  const release = () => rmSync(lock, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(touches);
    process.off("exit", release);
    release();
  }
}

async function waitUntilAlone() {
  if (create()) return;
  if (!hasWaited)
    console.info("Another npm start or npm test installs or builds in this folder. This one waits for it.");
  hasWaited = true;
  let touched = 0;
  let looks = 0;
  do {
    await sleep(lookedAtEvery);
    const latest = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    // Counted in looks: the clock goes on while the machine sleeps, and can be set.
    looks = latest === touched ? looks + 1 : 0;
    touched = latest;
    if (looks * lookedAtEvery >= abandonedAfter) {
      console.info("The other one was stopped before it had finished.");
      rmSync(lock, { force: true });
    }
  } while (!create());
}

/** False if another process has the lock. */
function create() {
  try {
    writeFileSync(lock, "", { flag: "wx" });
  } catch (error) {
    if (error.code === "EEXIST") return false;
    // Where nothing can be written, npm and Next say so in their own words.
  }
  return true;
}
