/** Nothing leads here: who isn't signed in gets the sign-in page. Next would send a page of its own with every page. */
export default function Unauthorized() {
  return null;
}
