// Swagger UI has a dark theme but doesn't follow the system's, nor the one chosen on our pages (record 0070). Loaded before
// the page is drawn.
const chosen = /(?:^|; )(?:__Host-)?vehaas\.theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1];
const system = matchMedia("(prefers-color-scheme: dark)");
const follow = () =>
  document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : system.matches);
system.addEventListener("change", follow);
follow();
