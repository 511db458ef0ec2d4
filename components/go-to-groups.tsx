import { buttonClass } from "./ui/button";

/**
 * The way on from a page that can't be shown. A plain link: Next sends these pages along with each other one, which would
 * then load a second copy of Next's own link.
 */
export function GoToGroups() {
  return (
    <a href="/groups" className={buttonClass("secondary")}>
      Go to your groups
    </a>
  );
}
