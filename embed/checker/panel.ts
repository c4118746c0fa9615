import type { Finding } from "./page";

const styles = {
  panel:
    "position:fixed;inset:auto 16px 16px auto;z-index:2147483647;box-sizing:border-box;width:min(480px,calc(100vw - 32px));max-height:60vh;overflow:auto;padding:16px;border:1px solid #25384a;border-radius:8px;background:#fff;color:#0f1f2e;font:16px/1.4 system-ui,sans-serif;box-shadow:0 4px 24px rgb(0 0 0 / 25%)",
  heading: "margin:0 0 8px;font:600 16px/1.4 system-ui,sans-serif",
  list: "margin:0;padding:0;list-style:none",
  item: "margin:0 0 12px",
  fix: "display:block;margin-top:4px;padding:8px;background:#eef2f6;border-radius:4px;font:13px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere",
  button:
    "min-height:44px;padding:0 16px;border:1px solid #25384a;border-radius:6px;background:#fff;color:inherit;font:inherit;cursor:pointer",
} as const;

function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  style: string,
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.style.cssText = style;
  if (text) element.textContent = text;
  return element;
}

/** Shows findings in a corner of the page. Styled by script, which every content security policy allows. */
export function createPanel() {
  const panel = createElement("section", styles.panel);
  panel.setAttribute("aria-label", "Embed checker");
  const count = createElement("p", styles.heading);
  count.setAttribute("role", "status");
  const list = createElement("ul", styles.list);
  const close = createElement("button", styles.button, "Close");
  close.type = "button";
  close.onclick = () => panel.remove();
  panel.append(count, list, close);
  document.body.append(panel);
  return {
    /** Replaces the findings shown. */
    show(findings: readonly Finding[]) {
      const { length } = findings;
      count.textContent =
        length === 0
          ? "Embed checker: no problems found"
          : `Embed checker: ${length} ${length === 1 ? "problem" : "problems"} found`;
      list.replaceChildren(
        ...findings.map(({ severity, message, fix }) => {
          const item = createElement("li", styles.item);
          const label = severity === "error" ? "Error" : "Warning";
          item.append(
            createElement("span", "", `${label}: ${message}`),
            createElement("code", styles.fix, fix),
          );
          return item;
        }),
      );
    },
  };
}
