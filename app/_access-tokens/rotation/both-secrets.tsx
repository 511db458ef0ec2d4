import type { ReactNode } from "react";
import { ExactTime } from "@/app/_parts/exact-time";
import { DescriptionList } from "@/components/ui/description-list";
import { SectionHeader } from "@/components/ui/header";
import type { AccessToken } from "@/lib/access-tokens/access-token";
import type { PendingRotation } from "@/lib/access-tokens/rotation/queries";
import { Moment } from "../moment";
import { EndButtons } from "./end-buttons";

type Props = { token: AccessToken; rotation: PendingRotation; mayRotate: boolean };

/** The token's two secrets while a rotation is pending: which of them is used, and when the old one ends. */
export function BothSecrets({ token, rotation, mayRotate }: Props) {
  const { current, retiring, isUsed } = rotation;
  const { id, name, revision, status } = token;
  const now = new Date();
  return (
    <section id="secrets" className="mb-6 scroll-mt-4">
      <SectionHeader title="Two secrets">
        {status === "active"
          ? "Both are accepted until the old one ends. Use the new one everywhere by then."
          : "None of them is accepted while the token is revoked."}
      </SectionHeader>
      <div className="mb-4 grid gap-4 sm:grid-cols-2">
        <Secret label="Old secret" secret={retiring} now={now}>
          <Ends rotation={rotation} now={now} />
        </Secret>
        <Secret label="New secret" secret={current} now={now}>
          With the token
        </Secret>
      </div>
      {mayRotate && (
        <EndButtons
          token={{ id, name, revision, status }}
          isUsed={isUsed}
          suffixes={{ current: current.tokenSuffix, retiring: retiring.tokenSuffix }}
        />
      )}
    </section>
  );
}

type SecretProps = {
  label: string;
  secret: PendingRotation["current"];
  now: Date /** When it ends. */;
  children: ReactNode;
};

function Secret({ label, secret: { tokenSuffix, createdAt, lastUsedAt }, now, children }: SecretProps) {
  return (
    <section aria-label={label} className="min-w-0 rounded-lg border border-border bg-surface p-4">
      <h3 className="mb-3 font-semibold">
        {label} <code className="font-mono font-normal">…{tokenSuffix}</code>
      </h3>
      <DescriptionList
        items={[
          { term: "Last Used", value: lastUsedAt ? <Moment instant={lastUsedAt} now={now} /> : "Never" },
          { term: "Ends", value: children },
          { term: "Created", value: <Moment instant={createdAt} now={now} /> },
        ]}
      />
    </section>
  );
}

function Ends({ rotation: { retiring, isUsed }, now }: { rotation: PendingRotation; now: Date }) {
  if (isUsed || !retiring.endsAnHourAfterFirstUse) return <Moment instant={retiring.endsAt} now={now} />;
  return (
    <span>
      An hour after the new one is first used
      <span className="block text-label text-muted">
        at the latest on <ExactTime instant={retiring.endsAt} />
      </span>
    </span>
  );
}
