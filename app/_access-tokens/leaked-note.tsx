import { ExactTime } from "@/app/_parts/exact-time";
import { Callout } from "@/components/ui/callout";
import type { Status } from "@/lib/access-tokens/access-token";

/** Why the token is revoked, and what can be done. */
export function LeakedNote({ leakedAt, status }: { leakedAt: Date; status: Status }) {
  return (
    <div className="mb-6">
      <Callout tone="amber" title="This access token was revoked as leaked">
        Its secret was reported as leaked on <ExactTime instant={leakedAt} />, so it can’t be reactivated.{" "}
        {status === "expired"
          ? "The token has expired too: it can only be deleted."
          : "Find out where the secret was, then rotate the token, which makes it active again, or delete it. No session can use its settings until then."}
      </Callout>
    </div>
  );
}
