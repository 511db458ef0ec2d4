import { visibleOwner } from "@/app/_access-tokens/token-shell";
import type { ScopeFields } from "@/app/_parts/paths";
import { listVariables } from "@/lib/environment-variables/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { Variables } from "./variables";

type Props = { scope: ScopeFields; tokenId: string };

export async function EnvironmentVariablesTab({ scope, tokenId }: Props) {
  const { permissions } = await visibleOwner(scope);
  const environment = await visible(listVariables(await requireUser(), tokenId));
  const mayManage = permissions.has("access-tokens:manage");
  return <Variables tokenRef={{ tokenId }} environment={environment} mayManage={mayManage} now={new Date()} />;
}
