import {
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
  errorText,
} from "./snippet";

/** The element in an iframe on the elements origin: the page loads no script from Hero or the portal. */
export const iframeSnippet = ({ elementsOrigin, placementId }: SnippetConfig): SnippetFile[] => [
  {
    path: "messages.html",
    language: "html",
    code: `<div id="hero-element"></div>
<p id="hero-error" role="alert" hidden>${errorText}</p>

<!-- Replace NONCE with a new value for each response, here and in the policy. -->
<script nonce="NONCE">
  {
    const elements = ${toStringLiteral(elementsOrigin)};
    const errorMessage = document.querySelector("#hero-error");
    const frame = document.createElement("iframe");
    frame.title = "Hero";
    frame.style.cssText = "display: block; width: 100%; height: 320px; border: 0";
    frame.src = elements + ${toStringLiteral(`/embed/frame/${placementId}`)};

    window.addEventListener("message", ({ origin, source, data }) => {
      if (origin !== elements || source !== frame.contentWindow) return;
      if (data.type === "hero:height") frame.style.height = data.detail.height + "px";
      if (data.type === "hero:ready") errorMessage.hidden = true;
      if (data.type === "hero:error") errorMessage.hidden = false;
    });

    frame.addEventListener("load", async () => {
      const response = await fetch("${sessionPath}", { method: "POST" });
      if (!response.ok) return (errorMessage.hidden = false);
      const { session } = await response.json();
      frame.contentWindow.postMessage({ type: "hero:mount", session }, elements);
    });

    document.querySelector("#hero-element").append(frame);
  }
</script>
`,
  },
];
