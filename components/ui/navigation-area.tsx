"use client";

import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useTransition } from "react";

type Navigation = {
  /** Whether the next page is on its way; the old one still stands. */
  pending: boolean;
  navigate: (href: string) => void;
};

const NavigationContext = createContext<Navigation | null>(null);

/** Search, filter, sorting, pages and the table they change: inside it they share one navigation, and the table dims. */
export function NavigationArea({ children }: { children: ReactNode }) {
  return <NavigationContext value={useTransitionNavigation()}>{children}</NavigationContext>;
}

/** Goes to an address and tells whether it is still on the way. */
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
