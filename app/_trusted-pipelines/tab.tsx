import { visibleOwner } from "@/app/_access-tokens/token-shell";
import type { ScopeFields } from "@/app/_parts/paths";
import { publicAddress } from "@/lib/process/public-address";
import { listRefusedExchanges, listTrustedPipelines } from "@/lib/trusted-pipelines/queries";
import type { TrustedPipeline } from "@/lib/trusted-pipelines/trusted-pipeline";
import { listAccesses } from "@/lib/version-control/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { JobDefinitions } from "./job-definitions";
import { Pipelines } from "./pipelines";

type Props = { scope: ScopeFields; tokenId: string };

export async function TrustedPipelinesTab({ scope, tokenId }: Props) {
  const { permissions } = await visibleOwner(scope);
  const actor = await requireUser();
  const [pipelines, refusals, accesses] = await visible(
    Promise.all([
      listTrustedPipelines(actor, tokenId),
      listRefusedExchanges(actor, tokenId),
      listAccesses(actor, tokenId),
    ]),
  );
  return (
    <>
      <Pipelines
        place={{ ...scope, tokenId }}
        // Without the keys, which may be large.
        pipelines={pipelines.map(({ publicKeys, ...pipeline }) => ({ ...pipeline, hasKeys: publicKeys !== null }))}
        refusals={refusals}
        providers={accesses.map(({ providerType, providerUrl }) => ({ providerType, providerUrl }))}
        pastedKeys={pastedKeysOf(pipelines)}
        mayManage={permissions.has("trusted-pipelines:manage")}
        now={new Date()}
      />
      <JobDefinitions tokenId={tokenId} origin={publicAddress()} />
    </>
  );
}

/** The newest key set of each provider, for another trusted pipeline of it. */
function pastedKeysOf(pipelines: readonly TrustedPipeline[]): Record<string, string> {
  return Object.fromEntries(
    pipelines.flatMap(({ providerUrl, publicKeys }) =>
      publicKeys ? [[providerUrl, JSON.stringify(publicKeys, null, 2)]] : [],
    ),
  );
}
