import type { ReactNode } from "react";

type Props = {
  /** True while another page loads. This one is dimmed. */
  isLeaving?: boolean;
  children: ReactNode;
};

/** The column of a page, and the target of the skip link. */
export function Page({ isLeaving, children }: Props) {
  return (
    <main
      id="content"
      tabIndex={-1}
      aria-busy={isLeaving || undefined}
      className="mx-auto w-full max-w-column px-4 py-6 sm:px-6"
    >
      {children}
    </main>
  );
}
