/** For a field that is no login: password managers neither fill it nor offer to keep what is in it. */
export const unfilled = {
  "data-1p-ignore": "",
  "data-bwignore": "",
  "data-lpignore": "true",
  "data-protonpass-ignore": "true",
  "data-form-type": "other",
} as const;
