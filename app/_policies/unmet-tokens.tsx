import { paramOfPolicy } from "@/app/_access-tokens/list/policy-param";
import { listHref, listPathOf, type ScopeFields } from "@/app/_parts/paths";
import { opensHere } from "@/components/ui/navigation-area";
import type { Preview } from "./use-preview";
import { furtherInWords, noneInWords, ownInWords } from "./words";

type Props = Pick<Preview, "unmet" | "isSaved"> & {
  scope: ScopeFields;
  /** Called before the link to the tokens is followed in this tab. */
  onFollow: () => void;
};

/** What a policy would hit. Nothing while what is typed is no policy. */
export function UnmetTokens({ scope, unmet, isSaved, onFollow }: Props) {
  if (!unmet) return null;
  const href = listHref(listPathOf(scope), { unmet: paramOfPolicy(unmet.policy) });
  return (
    <p className="text-muted">
      {unmet.own > 0 ? (
        <>
          <a
            href={href}
            onClick={(event) => opensHere(event) && onFollow()}
            className="rounded-sm text-accent hover:underline"
          >
            {ownInWords(unmet)}
          </a>
          .
        </>
      ) : (
        noneInWords(unmet)
      )}
      {furtherInWords(unmet, isSaved).map((sentence) => (
        <span key={sentence}> {sentence}</span>
      ))}
    </p>
  );
}
