import { type RefObject, useLayoutEffect, useRef } from "react";

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
