import { Badge } from "@/components/ui/badge";

/** Tags of a runner, or that runners may have; `none` says what it means that there are none. */
export function TagList({ tags, none }: { tags: readonly string[]; none: string }) {
  if (tags.length === 0) return <span className="text-muted">{none}</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <li key={tag} className="min-w-0">
          <Badge wraps>{tag}</Badge>
        </li>
      ))}
    </ul>
  );
}
