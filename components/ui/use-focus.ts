"use client";

import { type RefCallback, type RefObject, useCallback, useLayoutEffect, useRef } from "react";

/**
 * A function that focuses the element or, if it was removed since, what names the next row of its table, else the
 * previous row, else the page's main part.
 */
export function focusLater(element: Element | null): () => void {
  const row = element?.closest("tr");
  const named = [row?.nextElementSibling, row?.previousElementSibling].map((other) =>
    other?.querySelector("a, button"),
  );
  return () => {
    const places = [element, ...named, document.querySelector("main")];
    const target = places.find((place) => place?.isConnected && place !== document.body);
    if (target instanceof HTMLElement) target.focus();
  };
}

/** For an element in a row that may be removed while it has the focus. The next row gets the focus, as `focusLater` says. */
export function useFocusHandover<T extends HTMLElement>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      // The row is removed after this.
      queueMicrotask(focusLater(element));
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
