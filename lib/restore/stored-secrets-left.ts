import { and, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { db } from "@/db/client";
import { auditEvents, environmentVariables, versionControlAccesses } from "@/db/schema";
import { type LaterEvent, type Left, lastByKey, ranks } from "./later-event";

/** Credentials and environment variables that were removed or replaced since. */
export async function storedSecretsLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  return (await Promise.all([accessesLeft(events), variablesLeft(events)])).flat();
}

async function accessesLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const actions = ["added", "token_replaced", "removed"].map((what) => `version_control_access.${what}`);
  const last = lastByKey(events, ({ action, subjectId, detail }) =>
    actions.includes(action) ? `${subjectId} ${detail.provider_url}` : undefined,
  );
  const left: Left[] = [];
  for (const event of last.values()) {
    const { action, subjectId, subjectName, detail } = event;
    const there = and(
      eq(versionControlAccesses.accessTokenId, subjectId),
      eq(versionControlAccesses.providerUrl, detail.provider_url ?? ""),
      isNull(versionControlAccesses.removedAt),
    );
    if ((await db.$count(versionControlAccesses, there)) === 0) continue;
    const isRemoved = action.endsWith(".removed");
    if (
      !isRemoved &&
      (await wasRepeated(event, actions, sql`${auditEvents.detail} ->> 'provider_url' = ${detail.provider_url ?? ""}`))
    )
      continue;
    const what = isRemoved ? "Remove the version control access" : "Replace the token of the version control access";
    left.push({
      rank: ranks.storedSecret,
      what: `${what} for ${detail.provider_url} at the access token “${subjectName}” (${subjectId})`,
      event,
      page: `/access-tokens/${subjectId}`,
    });
  }
  return left;
}

/** An import as a change of each of its variables. */
function byVariable(event: LaterEvent): LaterEvent[] {
  if (event.action !== "environment_variable.imported") return [event];
  return ["added", "replaced"].flatMap((what) =>
    (event.detail[what] ?? "")
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => ({ ...event, action: `environment_variable.${what}`, detail: { name } })),
  );
}

async function variablesLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const actions = ["added", "replaced", "removed"].map((what) => `environment_variable.${what}`);
  const last = lastByKey(events.flatMap(byVariable), ({ action, subjectId, detail }) =>
    actions.includes(action) ? `${subjectId} ${detail.name}` : undefined,
  );
  const left: Left[] = [];
  for (const event of last.values()) {
    const { action, subjectId, subjectName, detail } = event;
    const there = and(
      eq(environmentVariables.accessTokenId, subjectId),
      eq(environmentVariables.name, detail.name ?? ""),
    );
    if ((await db.$count(environmentVariables, there)) === 0) continue;
    const isRemoved = action.endsWith(".removed");
    if (
      !isRemoved &&
      (await wasRepeated(event, [...actions, "environment_variable.imported"], names(detail.name ?? "")))
    )
      continue;
    left.push({
      rank: ranks.storedSecret,
      what: `${isRemoved ? "Remove" : "Replace"} the environment variable ${detail.name} of the access token “${subjectName}” (${subjectId})`,
      event,
      page: `/access-tokens/${subjectId}/environment-variables`,
    });
  }
  return left;
}

/** Whether an event is about this variable, also among those of an import. */
function names(name: string): SQL {
  const imported = sql`concat_ws(' ', ${auditEvents.detail} ->> 'added', ${auditEvents.detail} ->> 'replaced')`;
  return sql`(${auditEvents.detail} ->> 'name' = ${name} or ${name} = any(string_to_array(${imported}, ' ')))`;
}

/** Whether the restored database's log has such a change of the same thing, after the event. */
async function wasRepeated({ subjectId, occurredAt }: LaterEvent, actions: string[], isSame: SQL): Promise<boolean> {
  const again = and(
    eq(auditEvents.subjectId, subjectId),
    inArray(auditEvents.action, actions),
    gt(auditEvents.occurredAt, occurredAt),
    isSame,
  );
  return (await db.$count(auditEvents, again)) > 0;
}
