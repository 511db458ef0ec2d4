"use client";

import { type RefCallback, type RefObject, useCallback, useLayoutEffect, useRef } from "react";

/** For an element that may be removed while it has the focus, such as a row. The page's main part gets the focus. */
export function useFocusHandover<T extends HTMLElement>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    return () => {
      if (element?.contains(document.activeElement)) document.querySelector("main")?.focus();
    };
  }, []);
  return ref;
}

/** A ref for an element that React sometimes replaces by another. The new one gets the focus of the old one. */
export function useKeptFocus<T extends HTMLElement>(): RefCallback<T> {
  const hadFocus = useRef(false);
  return useCallback((element: T | null) => {
    if (hadFocus.current) element?.focus();
    hadFocus.current = false;
    // React cleans up a ref before it removes the element.
    return () => {
      hadFocus.current = element !== null && element === document.activeElement;
    };
  }, []);
}
