import { loaderIntegrity } from "./integrity";
import { type SnippetConfig, type SnippetFile, sessionPath, errorText } from "./snippet";

/** A plain page: the custom element, and a script of its own that asks for the session. */
export const htmlSnippet = ({ portal, placementId }: SnippetConfig): SnippetFile[] => [
  {
    path: "messages.html",
    language: "html",
    code: `<hero-placement placement="${placementId}"></hero-placement>
<p id="hero-trouble" role="alert" hidden>${errorText}</p>

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
const trouble = document.querySelector("#hero-trouble");

placement.addEventListener("hero:ready", () => (trouble.hidden = true));
placement.addEventListener("hero:error", () => (trouble.hidden = false));

// Your own server makes the session. A page that it renders may carry session="…" itself instead.
const answer = await fetch("${sessionPath}", { method: "POST" }).catch(() => undefined);
if (answer?.ok) placement.setAttribute("session", (await answer.json()).session);
else trouble.hidden = false;
`,
  },
];
