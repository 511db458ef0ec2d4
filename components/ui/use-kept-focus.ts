import { type RefCallback, useCallback, useRef } from "react";

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
