import { X } from "@/components/ui/icons";
import { type LogState, logHref } from "./log-href";

type Props = {
  path: string;
  state: LogState;
  names: { actor: string | undefined; token: string | undefined; deletedGroup: string | undefined };
};

/** The active filters, each with a link that removes it, and a link to the whole log. */
export function FilterChips({ path, state, names }: Props) {
  const { group, actor, token } = state;
  return (
    <ul aria-label="Filters" className="mb-4 flex flex-wrap items-center gap-2 text-small">
      {group && <Chip href={path}>{`Deleted group: ${names.deletedGroup ?? group}`}</Chip>}
      {actor && (
        <Chip href={logHref(path, state, { actor: undefined })}>{`Actor: ${names.actor ?? "not in this log"}`}</Chip>
      )}
      {token && (
        <Chip href={logHref(path, state, { token: undefined })}>{`Token: ${names.token ?? "not in this log"}`}</Chip>
      )}
      <li>
        <a href={path} className="rounded-sm px-1 text-accent hover:underline">
          Clear filters
        </a>
      </li>
    </ul>
  );
}

function Chip({ href, children }: { href: string; children: string }) {
  return (
    <li className="max-w-full min-w-0">
      <a
        href={href}
        className="flex h-control max-w-full items-center gap-1.5 rounded-md border border-border bg-hover px-2.5 hover:border-muted"
      >
        <span className="truncate">{children}</span>
        <span className="sr-only">(remove this filter)</span>
        <X className="size-4 shrink-0 text-muted" />
      </a>
    </li>
  );
}
