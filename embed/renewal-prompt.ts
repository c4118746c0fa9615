/** Asks before unsaved text is lost. Styled by script, which every content security policy allows. */
export function createRenewalPrompt(onConfirm: () => void): HTMLElement {
  const prompt = document.createElement("div");
  prompt.setAttribute("role", "alert");
  prompt.style.cssText =
    "display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;justify-content:space-between;" +
    "margin:0 0 8px;padding:12px 16px;border:1px solid #8a6100;border-radius:6px;" +
    "background:#fff6dc;color:#33270a;font:16px/1.4 system-ui,sans-serif";

  const text = document.createElement("span");
  text.textContent =
    "This form must be reloaded soon. Send or copy what you have written first: reloading clears it.";
  text.style.cssText = "flex:1 1 240px";

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Reload now";
  button.style.cssText =
    "min-height:44px;padding:0 16px;border:1px solid #33270a;border-radius:6px;" +
    "background:#fff;color:#33270a;font:inherit;font-weight:600;cursor:pointer";
  button.onclick = onConfirm;

  prompt.append(text, button);
  return prompt;
}
