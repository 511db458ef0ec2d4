import type { TokenRef } from "@/app/_parts/paths";
import { providerLabels } from "@/app/_version-control/words";
import { useAnnounce } from "@/components/ui/announcements";
import { ConfirmDialog, Subject } from "@/components/ui/confirm-dialog";
import { refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { removePipelineAction } from "./actions";
import type { ShownPipeline } from "./shown";
import { refInWords } from "./words";

const removePipeline = reachable(removePipelineAction);

type Props = { tokenRef: TokenRef; pipeline: ShownPipeline; onClose: () => void };

export function RemovePipelineDialog({ tokenRef, pipeline, onClose }: Props) {
  const announce = useAnnounce();
  const { id, providerType, project, ref, environment } = pipeline;
  const condition = [ref && refInWords(ref), environment && `Environment ${environment}`].filter(Boolean).join(", ");

  async function remove() {
    const refusal = refusalOf(await removePipeline({ status: "idle" }, toForm({ ...tokenRef, pipelineId: id })));
    if (!refusal) announce({ text: `Jobs of “${project}” are no longer trusted (${condition}).` });
    return refusal;
  }

  return (
    <ConfirmDialog title="Remove" pendingLabel="Removing…" onConfirm={remove} onClose={onClose}>
      <p>
        <Subject>
          {providerLabels[providerType]} project {project}, {condition}
        </Subject>
      </p>
      <p>These jobs get no secret of the access token any more. Their live pipeline secrets end at once.</p>
      <p>This can’t be undone; you can add the trusted pipeline again.</p>
    </ConfirmDialog>
  );
}
