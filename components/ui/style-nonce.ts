import { setNonce } from "get-nonce";

// Gives the style that Radix injects while a dialog is open the nonce of the document's content security policy. That is
// the one of the document's first script: later navigations carry others, and the browser goes on judging by the first.
// Browsers hide the attribute from selectors, not from scripts.
const nonce = typeof document === "undefined" ? undefined : document.querySelector<HTMLElement>("script[nonce]")?.nonce;
if (nonce) setNonce(nonce);
