"use client";

import { type RefCallback, type RefObject, useCallback, useLayoutEffect, useRef } from "react";

/** For what may vanish while it has the focus, such as a row that is deleted: the page's main part takes it over. */
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

/** A ref for an element that React replaces by another at times: the focus goes along. */
export function useKeptFocus<T extends HTMLElement>(): RefCallback<T> {
  const hadFocus = useRef(false);
  return useCallback((element: T | null) => {
    if (hadFocus.current) element?.focus();
    hadFocus.current = false;
    // React lets go of a ref before it takes the element out of the page.
    return () => {
      hadFocus.current = element !== null && element === document.activeElement;
    };
  }, []);
}
