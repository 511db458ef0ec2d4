import { scopeOf } from "@/app/access-tokens/scope";
import type { TokenPlace } from "@/app/access-tokens/token-place";
import { listVariables } from "@/lib/environment-variables/queries";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { Variables } from "./variables";

/** The Environment Variables tab of a token's page. */
export async function EnvironmentVariablesTab({ place, mayManage }: { place: TokenPlace; mayManage: boolean }) {
  const environment = await visible(listVariables(await requireUser(), scopeOf(place), place.tokenId));
  return <Variables place={place} environment={environment} mayManage={mayManage} now={new Date()} />;
}
