/** Accessible names for elements that have none, or one that differs from their visible text. */
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
  // Set only on a difference: the element is observed, so setting it always would loop.
  if (element.getAttribute("aria-label") !== name) element.setAttribute("aria-label", name);
}

new MutationObserver(giveNames).observe(root, { attributeFilter: ["aria-label"], childList: true, subtree: true });

window.SwaggerUIBundle({
  url: "openapi.json",
  domNode: root,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // The highlighting has too little contrast.
  syntaxHighlight: false,
  // Typed secrets stay in this page, and nothing is sent to an external validator.
  persistAuthorization: false,
  validatorUrl: null,
});
