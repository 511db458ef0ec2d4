import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";

/** No token at all, or, with the address of the whole list, none that the search and filter let through. */
export function NoTokens({ filteredPath }: { filteredPath?: string }) {
  if (filteredPath) {
    return (
      <EmptyState title="No matching access tokens" action={<ButtonLink href={filteredPath}>Show all</ButtonLink>}>
        No access token has this name and status.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No access tokens yet">
      An access token lets a script, a CI pipeline or a runner call the veHaaS API without a person’s credentials.
      Create one, and copy its secret: it is shown once.
    </EmptyState>
  );
}
