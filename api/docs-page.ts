/** The page that shows the description. Its files are at an address of their version, so they may be kept for good. */
export function docsPage(version: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>veHaaS API</title>
    <link rel="icon" href="docs/${version}/favicon-32x32.png">
    <link rel="stylesheet" href="docs/${version}/swagger-ui.css">
    <link rel="stylesheet" href="docs/${version}/page.css">
    <script src="docs/${version}/swagger-ui-bundle.js" defer></script>
    <script src="docs/${version}/start.js" defer></script>
  </head>
  <body>
    <main id="docs"></main>
    <noscript>This page needs JavaScript. The description itself is at <a href="openapi.json">openapi.json</a>.</noscript>
  </body>
</html>
`;
}
