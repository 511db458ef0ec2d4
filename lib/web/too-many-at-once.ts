/** What a page's request is answered, with 429, for which there was no place in time. In ASCII: it goes without a charset. */
export const tooManyAtOnce =
  "Too many of your requests are being worked on at once. Wait a moment, then try again: nothing was changed.";
