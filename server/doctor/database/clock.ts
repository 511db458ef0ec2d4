import { type Finding, right, warning, wrong } from "../finding";
import type { InspectedDatabase } from "./inspected-database";

const subject = "clock";
/** Milliseconds. */
const noticeable = 2000;
const wrongFrom = 60_000;
const advice = "Run NTP on this machine and on the database's";

/** How far this machine's clock, by which JWTs are judged, differs from the database's. */
export async function clock({ client }: InspectedDatabase, now = () => Date.now()): Promise<Finding[]> {
  const before = now();
  const { rows } = await client.query<{ time: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as time",
  );
  const after = now();
  const time = rows[0]?.time ?? 0;
  // The database read its clock at some time between the two.
  const difference = Math.max(0, time - after, before - time);
  const says = `this machine's and the database's differ by ${(difference / 1000).toFixed(1)} seconds`;
  if (difference >= wrongFrom) return [wrong(subject, says, advice)];
  if (difference >= noticeable) return [warning(subject, says, advice)];
  return [right(subject, "this machine's and the database's agree")];
}
