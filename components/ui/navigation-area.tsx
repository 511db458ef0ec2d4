"use client";

import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useTransition } from "react";

type Navigation = {
  /** True while the next page loads. The old one is still shown. */
  pending: boolean;
  navigate: (href: string) => void;
};

const NavigationContext = createContext<Navigation | null>(null);

/** Search, filter, sorting and paging inside it share one navigation with their table, which is dimmed meanwhile. */
export function NavigationArea({ children }: { children: ReactNode }) {
  return <NavigationContext value={useTransitionNavigation()}>{children}</NavigationContext>;
}

/** The navigation of the surrounding NavigationArea, or an own one outside of it. */
export function useNavigation(): Navigation {
  const own = useTransitionNavigation();
  return useContext(NavigationContext) ?? own;
}

function useTransitionNavigation(): Navigation {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  return {
    pending,
    navigate: (href) => startTransition(() => router.push(href, { scroll: false })),
  };
}
