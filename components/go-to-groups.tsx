import { buttonClass } from "./ui/button";

/** A plain link, because Next sends error pages with every page, which would load a second copy of Next's link. */
export function GoToGroups() {
  return (
    <a href="/groups" className={buttonClass("secondary")}>
      Go to your groups
    </a>
  );
}
