import { Callout } from "@/components/ui/callout";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { listAccesses, listRunners } from "@/lib/version-control/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { CheckAll } from "./access-actions";
import { AccessTable } from "./access-table";
import { AddAccess } from "./add-access";
import { RunnerTable } from "./runner-table";

export async function VersionControlTab({ tokenId }: { tokenId: string }) {
  const actor = await requireUser();
  const tokenRef = { tokenId };
  const [accesses, runners] = await visible(Promise.all([listAccesses(actor, tokenId), listRunners(actor, tokenId)]));
  const now = new Date();
  return (
    <>
      <SectionHeader
        isTab
        title="Version control access"
        action={
          <div className="flex flex-wrap items-center gap-2">
            {accesses.length > 1 && <CheckAll tokenRef={tokenRef} accessIds={accesses.map(({ id }) => id)} />}
            <AddAccess tokenRef={tokenRef} />
          </div>
        }
      >
        GitLab and GitHub credentials with which sessions register their runners.
      </SectionHeader>
      {accesses.some(({ runUntagged }) => runUntagged) && (
        <div className="mb-4">
          <Callout tone="amber" title="Some of these accesses run untagged jobs">
            Accesses added before this could be turned off still do. Turn “Run untagged jobs” off with “Edit” where no
            session needs it: whoever gets hold of this access token’s secret can take those jobs.
          </Callout>
        </div>
      )}
      {accesses.length > 0 ? (
        <AccessTable tokenRef={tokenRef} accesses={accesses} now={now} />
      ) : (
        <EmptyState title="No version control access yet">
          At the beginning of a session its VM can start a CI runner for your group or project. The GitLab or GitHub
          token that you add here registers that runner; it is checked first, stored encrypted and never shown again.
        </EmptyState>
      )}
      {runners.length > 0 && <RunnerTable runners={runners} now={now} />}
    </>
  );
}
