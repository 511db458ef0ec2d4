import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
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
    if (!isRemoved && (await wasRepeated(event, actions, "provider_url"))) continue;
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

async function variablesLeft(events: readonly LaterEvent[]): Promise<Left[]> {
  const actions = ["added", "replaced", "removed"].map((what) => `environment_variable.${what}`);
  const last = lastByKey(events, ({ action, subjectId, detail }) =>
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
    if (!isRemoved && (await wasRepeated(event, actions, "name"))) continue;
    left.push({
      rank: ranks.storedSecret,
      what: `${isRemoved ? "Remove" : "Replace"} the environment variable ${detail.name} of the access token “${subjectName}” (${subjectId})`,
      event,
      page: `/access-tokens/${subjectId}/environment-variables`,
    });
  }
  return left;
}

/** Whether the restored database's log has such a change of the same thing, after the event. */
async function wasRepeated({ subjectId, occurredAt, detail }: LaterEvent, actions: string[], name: string) {
  const again = and(
    eq(auditEvents.subjectId, subjectId),
    inArray(auditEvents.action, actions),
    gt(auditEvents.occurredAt, occurredAt),
    sql`${auditEvents.detail} ->> ${name} = ${detail[name] ?? ""}`,
  );
  return (await db.$count(auditEvents, again)) > 0;
}
