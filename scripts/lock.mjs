// Lets only one process at a time install or build in this folder.
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, statSync, utimes, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isOrphaned } from "./bootstrap.mjs";

/** Its owner touches this file for as long as it works. It contains a number of the owner. */
const lock = ".preparing";
const own = randomUUID();
const touchedEvery = 500;
const lookedAtEvery = 200;
/** A process that was killed, or a machine that lost its power, leaves the file behind. */
const abandonedAfter = 5000;
let hasWaited = false;

/** Does the work when no other process installs or builds here. The file is gone after it, also after a signal. */
export async function whenAlone(work) {
  await waitUntilAlone();
  // After a suspension the file can be another process's.
  const touch = () => owner() === own && utimes(lock, new Date(), new Date(), () => undefined);
  const touches = setInterval(touch, touchedEvery);
  const release = () => owner() === own && rmSync(lock, { force: true });
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
    if (isOrphaned()) process.exit(1);
    const latest = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    // Counted in looks: the clock goes on while the machine sleeps, and can be set.
    looks = latest === touched ? looks + 1 : 0;
    touched = latest;
    if (looks * lookedAtEvery >= abandonedAfter) {
      // Where it can't be deleted, nothing else can be written either.
      if (!remove()) return;
      console.info("The other one was stopped before it had finished.");
    }
  } while (!create() || !(await isKept()));
}

/** False if another process that also waited has deleted this one's file in place of the abandoned one. */
async function isKept() {
  await sleep(lookedAtEvery);
  return [own, "", undefined].includes(owner());
}

/** Undefined without a lock. */
function owner() {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return undefined;
  }
}

function remove() {
  try {
    rmSync(lock, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** False if another process has the lock. */
function create() {
  try {
    writeFileSync(lock, own, { flag: "wx" });
  } catch (error) {
    if (error.code === "EEXIST") return false;
    // Where nothing can be written, npm and Next say so in their own words.
  }
  return true;
}
