// Swagger UI has a dark look, and nothing on this page that follows the system.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

/** Names for what Swagger UI leaves without one, or gives another than it shows. */
const names = {
  "#servers": "Server",
  ".close-modal": "Close",
  ".auth-btn-wrapper .authorize": "Authorize",
  ".auth-btn-wrapper .auth:not(.authorize, .btn-done)": "Logout",
  ".examples-select-element": "Example",
  ".body-param__text": "Request body",
};
const root = document.getElementById("docs");

function giveNames() {
  for (const [selector, name] of Object.entries(names)) {
    for (const element of root.querySelectorAll(selector)) giveName(element, name);
  }
  for (const parameter of root.querySelectorAll("tr[data-param-name]")) {
    const choice = parameter.querySelector("select");
    if (choice) giveName(choice, parameter.dataset.paramName);
  }
}

function giveName(element, name) {
  // Only where it differs: it is observed.
  if (element.getAttribute("aria-label") !== name) element.setAttribute("aria-label", name);
}

new MutationObserver(giveNames).observe(root, { attributeFilter: ["aria-label"], childList: true, subtree: true });

window.SwaggerUIBundle({
  url: "openapi.json",
  domNode: root,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // Its colours are too faint to read.
  syntaxHighlight: false,
  // A secret that is typed in stays in this page, and nothing is sent to a validator elsewhere.
  persistAuthorization: false,
  validatorUrl: null,
});
