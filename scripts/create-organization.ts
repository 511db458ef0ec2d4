// `npm run organization:create -- "Example Ltd" admin@example.com "Ada Admin"`: creates a database's first organization.
import "@/server/start/env-file";
import { randomBytes } from "node:crypto";
import { readSettings, SettingsError } from "@/lib/env";
import { processWide } from "@/lib/process/process-wide";
import { openDatabase } from "@/server/start/open-database";
import { runCommand } from "@/server/start/problem-lines";

await runCommand(create);

async function create(): Promise<void> {
  const settings = readSettings(process.env);
  if (!settings.DATABASE_URL) {
    throw new SettingsError(["DATABASE_URL is missing: the embedded database is filled by its first start."]);
  }
  const { OIDC_ISSUER, LOCAL_PASSWORDS } = settings;
  if (!OIDC_ISSUER && LOCAL_PASSWORDS === "off") {
    throw new SettingsError(["LOCAL_PASSWORDS is off and OIDC_ISSUER is missing: the admin could not sign in."]);
  }
  await openDatabase(settings);
  try {
    const { foundOrganization, foundOrganizationInput } = await import("@/lib/organizations/found-organization");
    const [name, email, adminName] = process.argv.slice(2);
    const input = foundOrganizationInput.parse({ name, email, adminName });
    const password = OIDC_ISSUER ? undefined : randomBytes(15).toString("base64url");
    await foundOrganization(input, password);
    process.stdout.write(`Created “${input.name}”. Its admin is ${input.email}.\n`);
    if (password) process.stdout.write(`Password, unless this person had one already: ${password}\n`);
  } finally {
    await processWide.pool?.end();
  }
}
