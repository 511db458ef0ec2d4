/** A label that keeps the width of the longer of two texts. The unseen one is neither content nor read aloud. */
export function StableLabel({ children, reserve }: { children: string; reserve: string }) {
  return (
    <span
      data-reserve={reserve}
      className="inline-grid justify-items-center after:invisible after:col-start-1 after:row-start-1 after:content-[attr(data-reserve)_/_'']"
    >
      <span className="col-start-1 row-start-1">{children}</span>
    </span>
  );
}
