/** A label that keeps the width of the longer of two texts. The unseen one is neither content nor read aloud. */
export function StableLabel({ children, reserve }: { children: string; reserve: string }) {
  return (
    <span data-reserve={reserve} className="stable-label">
      <span>{children}</span>
    </span>
  );
}
