import { paramOfPolicy } from "@/app/_access-tokens/list/policy-param";
import { listHref, listPathOf, type ScopeFields } from "@/app/_parts/paths";
import type { Preview } from "./use-preview";
import { furtherInWords, ownInWords } from "./words";

type Props = Pick<Preview, "unmet" | "isSaved"> & { scope: ScopeFields };

/** What a policy would hit. Nothing while what is typed is no policy. */
export function UnmetTokens({ scope, unmet, isSaved }: Props) {
  if (!unmet) return null;
  const href = listHref(listPathOf(scope), { unmet: paramOfPolicy(unmet.policy) });
  return (
    <p className="text-muted">
      {unmet.own > 0 ? (
        <>
          <a href={href} className="rounded-sm text-accent hover:underline">
            {ownInWords(unmet)}
          </a>
          .
        </>
      ) : (
        "All active tokens meet this policy."
      )}
      {furtherInWords(unmet, isSaved).map((sentence) => (
        <span key={sentence}> {sentence}</span>
      ))}
    </p>
  );
}
