import { loaderIntegrity } from "./integrity";
import { type SnippetConfig, type SnippetFile, sessionPath, errorText } from "./snippet";

/** A plain page with the custom element, and a script that gets the session. */
export const htmlSnippet = ({ portal, placementId }: SnippetConfig): SnippetFile[] => [
  {
    path: "messages.html",
    language: "html",
    code: `<hero-placement placement="${placementId}"></hero-placement>
<p id="hero-error" role="alert" hidden>${errorText}</p>

<script
  src="${portal}/embed/v2.js"
  integrity="${loaderIntegrity}"
  crossorigin="anonymous"
  async
></script>
<script type="module" src="/hero-element.js"></script>
`,
  },
  {
    path: "hero-element.js",
    language: "js",
    code: `const placement = document.querySelector("hero-placement");
const errorMessage = document.querySelector("#hero-error");

placement.addEventListener("hero:ready", () => (errorMessage.hidden = true));
placement.addEventListener("hero:error", (event) => {
  event.preventDefault();
  errorMessage.hidden = false;
});

// Your server creates the session. If it renders this page, it can set session="…" on the element instead.
const response = await fetch("${sessionPath}", { method: "POST" }).catch(() => undefined);
if (response?.ok) placement.setAttribute("session", (await response.json()).session);
else errorMessage.hidden = false;
`,
  },
];
