import type { Settings } from "@/lib/env";
import { DomainError } from "@/lib/errors";
import { count } from "@/lib/format";
import { certificateExpiry } from "@/lib/guarded-http/peer-certificate";
import { readCertificates } from "@/lib/network/certificates";
import { type Finding, right, warning, wrong } from "../finding";
import type { Inspection } from "../inspection";

const subject = "provider";
/** As many servers are asked, so many at a time, with so many milliseconds for each. */
const most = 50;
const atATime = 10;
const longest = 5000;
const soon = 30 * 86_400_000;

/** Whether each server of stored accesses, trusted pipelines and webhooks can be reached, and its certificate is good. */
export async function providers(inspection: Inspection, now = Date.now()): Promise<Finding[]> {
  const origins = await storedOrigins(inspection);
  if (!origins) return [];
  if (origins.length === 0) return [right("providers", "none is stored")];
  const queue = origins.slice(0, most);
  const findings: Finding[] = [];
  const work = async () => {
    for (let origin = queue.shift(); origin; origin = queue.shift()) {
      findings.push(await findingOf(origin, inspection.settings, now));
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  if (origins.length > most) {
    findings.push(warning("providers", `${count(origins.length - most, "more server")} were not asked`));
  }
  return findings.sort((one, other) => one.says.localeCompare(other.says));
}

/** In one transaction's time, before any server is asked. */
async function storedOrigins({ database }: Inspection): Promise<string[] | undefined> {
  const inspected = await database.catch(() => undefined);
  if (!inspected?.isMigrated) return undefined;
  const { rows } = await inspected.inTurn(() => inspected.client.query<{ url: string }>(storedUrls));
  const origins = rows.flatMap(({ url }) => (URL.canParse(url) ? new URL(url).origin : []));
  return [...new Set(origins)].sort();
}

async function findingOf(origin: string, settings: Settings, now: number): Promise<Finding> {
  if (!origin.startsWith("https:")) {
    return warning(subject, `${origin} is asked over http, without a certificate`, "Use https");
  }
  const certificates = settings.PROVIDER_CA_FILE ? readCertificates(settings.PROVIDER_CA_FILE) : [];
  try {
    const expiry = await certificateExpiry(origin, longest, { allowlist: settings.PROVIDER_ALLOWLIST, certificates });
    const day = expiry.toISOString().slice(0, 10);
    if (expiry.getTime() - now > soon) return right(subject, `${origin} has a good certificate, until ${day}`);
    return warning(subject, `${origin} has a certificate that expires on ${day}`, "Have it renewed");
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return wrong(subject, `${origin}: ${error.message}`);
  }
}

const storedUrls = `
  select provider_url as url from version_control_accesses where removed_at is null
  union select provider_url from trusted_pipelines
  union select issuer from trusted_pipelines where public_keys is null
  union select url from webhooks where paused_at is null`;
