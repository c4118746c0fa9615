import {
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
  errorText,
} from "./snippet";

/** The element in a frame of the portal's second origin: no script of Hero's or the portal's in the page. */
export const iframeSnippet = ({ elementsOrigin, placementId }: SnippetConfig): SnippetFile[] => [
  {
    path: "messages.html",
    language: "html",
    code: `<div id="hero-element"></div>
<p id="hero-trouble" role="alert" hidden>${errorText}</p>

<!-- Your server puts a new value in place of NONCE with every answer, here and in the policy. -->
<script nonce="NONCE">
  {
    const elements = ${toStringLiteral(elementsOrigin)};
    const trouble = document.querySelector("#hero-trouble");
    const frame = document.createElement("iframe");
    frame.title = "Hero";
    frame.style.cssText = "display: block; width: 100%; height: 320px; border: 0";
    frame.src = elements + ${toStringLiteral(`/embed/frame/${placementId}`)};

    window.addEventListener("message", ({ origin, source, data }) => {
      if (origin !== elements || source !== frame.contentWindow) return;
      if (data.type === "hero:height") frame.style.height = data.detail.height + "px";
      if (data.type === "hero:ready") trouble.hidden = true;
      if (data.type === "hero:error") trouble.hidden = false;
    });

    frame.addEventListener("load", async () => {
      const answer = await fetch("${sessionPath}", { method: "POST" });
      if (!answer.ok) return (trouble.hidden = false);
      const { session } = await answer.json();
      frame.contentWindow.postMessage({ type: "hero:mount", session }, elements);
    });

    document.querySelector("#hero-element").append(frame);
  }
</script>
`,
  },
];
