"use client";

import { createContext, type RefObject } from "react";

/** Holds what the chosen item is to do until its menu is closed. */
export const MenuContext = createContext<RefObject<(() => void) | null>>({ current: null });
