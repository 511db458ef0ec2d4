import { visibleOwner } from "@/app/_access-tokens/token-shell";
import type { TokenPlace } from "@/app/_parts/paths";
import { listVariables } from "@/lib/environment-variables/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { Variables } from "./variables";

export async function EnvironmentVariablesTab({ place }: { place: TokenPlace }) {
  const { permissions } = await visibleOwner(place);
  const environment = await visible(listVariables(await requireUser(), place.tokenId));
  const mayManage = permissions.has("access-tokens:manage");
  return <Variables place={place} environment={environment} mayManage={mayManage} now={new Date()} />;
}
