import type { ProviderType } from "@/db/enums";

const ofGithubCom = "https://token.actions.githubusercontent.com";
const namesOfGithubCom = ["github.com", "www.github.com", "api.github.com"];

/** The `iss` of the ID tokens of the provider's jobs. `providerUrl` is normalized. */
export function issuerOf(providerType: ProviderType, providerUrl: string): string {
  if (providerType === "gitlab") return providerUrl;
  const { host } = new URL(providerUrl);
  if (namesOfGithubCom.includes(host)) return ofGithubCom;
  if (host.endsWith(".ghe.com")) return `https://token.actions.${host.replace(/^api\./, "")}`;
  return `${providerUrl}/_services/token`;
}
