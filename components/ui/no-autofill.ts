/** For a field that is not for signing in: password managers neither fill it nor offer to save it. */
export const noAutofill = {
  "data-1p-ignore": "",
  "data-bwignore": "",
  "data-lpignore": "true",
  "data-protonpass-ignore": "true",
  "data-form-type": "other",
} as const;
