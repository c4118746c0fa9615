import type { Finding } from "./page";

const look = {
  panel:
    "position:fixed;inset:auto 16px 16px auto;z-index:2147483647;box-sizing:border-box;width:min(480px,calc(100vw - 32px));max-height:60vh;overflow:auto;padding:16px;border:1px solid #25384a;border-radius:8px;background:#fff;color:#0f1f2e;font:16px/1.4 system-ui,sans-serif;box-shadow:0 4px 24px rgb(0 0 0 / 25%)",
  heading: "margin:0 0 8px;font:600 16px/1.4 system-ui,sans-serif",
  list: "margin:0;padding:0;list-style:none",
  item: "margin:0 0 12px",
  line: "display:block;margin-top:4px;padding:8px;background:#eef2f6;border-radius:4px;font:13px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere",
  button:
    "min-height:44px;padding:0 16px;border:1px solid #25384a;border-radius:6px;background:#fff;color:inherit;font:inherit;cursor:pointer",
} as const;

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  style: string,
  text = "",
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.style.cssText = style;
  if (text) made.textContent = text;
  return made;
}

/** The doctor's findings in a corner of the page. Styled by script, which every policy allows. */
export function makePanel() {
  const panel = make("section", look.panel);
  panel.setAttribute("aria-label", "Embed doctor");
  const count = make("p", look.heading);
  count.setAttribute("role", "status");
  const list = make("ul", look.list);
  const close = make("button", look.button, "Close");
  close.type = "button";
  close.onclick = () => panel.remove();
  panel.append(count, list, close);
  document.body.append(panel);
  return {
    /** Shows these and no others. */
    show(findings: readonly Finding[]) {
      const { length } = findings;
      count.textContent =
        length === 0
          ? "Embed doctor: nothing found."
          : `Embed doctor: ${length} ${length === 1 ? "thing" : "things"} to look at`;
      list.replaceChildren(
        ...findings.map(({ severity, says, line }) => {
          const item = make("li", look.item);
          const word = severity === "fault" ? "Fault" : "Warning";
          item.append(make("span", "", `${word}: ${says}`), make("code", look.line, line));
          return item;
        }),
      );
    },
  };
}
