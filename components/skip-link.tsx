/** The first focusable element of the page. Hidden until it has the focus. */
export function SkipLink() {
  return (
    <a
      href="#content"
      className="sr-only rounded-md bg-raised font-medium text-accent shadow-overlay focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:px-3 focus:py-2"
    >
      Skip to content
    </a>
  );
}
