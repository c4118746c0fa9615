/*
 * A stand-in for Hero's Message Builder with the attributes, theme and two events that Hero documents.
 * Its design and wording are our own; this is not Hero's element.
 */
(() => {
  const tag = "hh-message-builder";
  if (customElements.get(tag)) return;

  const script =
    document.currentScript ??
    document.querySelector('script[src*="/message-builder/web-component/"]');
  const origin = new URL(script?.src ?? location.href).origin;

  const pollMs = 1_000;
  const maxPolls = 120;

  const styleSheet = new CSSStyleSheet();
  styleSheet.replaceSync(`
    :host { display: block; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .box {
      overflow: hidden;
      border: 1px solid var(--typography-light, #8fa3b8);
      border-radius: 12px;
      background: #fff;
      color: var(--typography-base, #44586c);
      font: 16px/1.5 var(--font-sans, system-ui, sans-serif);
    }
    .banner {
      margin: 0;
      padding: 6px 20px;
      background: var(--primary-lightest, #e6f0eb);
      color: var(--typography-darkest, #0f1f2e);
      font-size: 14px;
    }
    .content { padding: 20px; }
    h2 {
      margin: 0 0 16px;
      color: var(--typography-darkest, #0f1f2e);
      font-size: 20px;
      line-height: 1.3;
    }
    h2:focus { outline: none; }
    p { margin: 0 0 16px; overflow-wrap: anywhere; }
    strong, label { color: var(--typography-dark, #25384a); font-weight: 600; }
    label { display: block; margin-bottom: 4px; }
    select, textarea {
      display: block;
      width: 100%;
      min-height: 44px;
      margin-bottom: 16px;
      padding: 8px 12px;
      border: 1px solid #6b7a89;
      border-radius: 8px;
      background: #fff;
      color: var(--typography-darkest, #0f1f2e);
      font: inherit;
    }
    textarea { min-height: 132px; resize: vertical; }
    button {
      min-height: 44px;
      padding: 0 20px;
      border: 1px solid transparent;
      border-radius: 8px;
      background: var(--primary-base, #17594a);
      color: var(--typography-lightest, #fff);
      font: inherit;
      font-weight: 600;
      cursor: pointer;
    }
    button:hover { background: var(--primary-dark, #0f4237); }
    button:disabled { opacity: 0.7; cursor: default; }
    :is(select, textarea, button):focus-visible {
      outline: 3px solid var(--primary-base, #17594a);
      outline-offset: 2px;
    }
    .error {
      padding: 12px 16px;
      border-left: 4px solid #a3232a;
      background: #fdf0f0;
      color: #6d1117;
    }
    .error:last-child { margin-bottom: 0; }
  `);

  const createElement = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const createError = (text) => {
    const box = createElement("p", { className: "error", textContent: text });
    box.setAttribute("role", "alert");
    return box;
  };

  class MessageBuilder extends HTMLElement {
    static observedAttributes = ["jwt-token", "tenant-id", "env", "patient-id"];

    #theme = null;
    #box = createElement("section", { className: "box" });
    /** Aborts requests and polling. */
    #abortController = new AbortController();
    #isRenderScheduled = false;
    #hasForm = false;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [styleSheet];
      this.#box.setAttribute("aria-label", "Message Builder");
      root.append(this.#box);
      // A theme set before the script loaded is an own property, which hides the setter.
      if (Object.hasOwn(this, "theme")) {
        const { theme } = this;
        delete this.theme;
        this.theme = theme;
      }
    }

    get theme() {
      return this.#theme;
    }

    set theme(theme) {
      this.#theme = theme;
      const { style } = this.#box;
      for (const name of Array.from(style)) style.removeProperty(name);
      style.setProperty("--font-sans", theme?.font?.sans ?? "");
      for (const group of ["typography", "primary"]) {
        for (const [step, colour] of Object.entries(theme?.colours?.[group] ?? {})) {
          style.setProperty(`--${group}-${step}`, String(colour));
        }
      }
    }

    connectedCallback() {
      if (!this.#hasForm) this.#scheduleRender();
    }

    disconnectedCallback() {
      this.#abortController.abort();
    }

    /** A new token is used for later calls and keeps the text being written. */
    attributeChangedCallback(name) {
      if (name !== "jwt-token" || !this.#hasForm) this.#scheduleRender();
    }

    #scheduleRender() {
      if (this.#isRenderScheduled) return;
      this.#isRenderScheduled = true;
      queueMicrotask(() => {
        this.#isRenderScheduled = false;
        if (this.isConnected) void this.#render();
      });
    }

    #show(...children) {
      const env = this.getAttribute("env");
      const banner = createElement("p", {
        className: "banner",
        textContent: `Stand-in for Hero, pointed at staging${env === null ? ", because env was left out" : ""}`,
      });
      const isStaging = env === null || env === "staging";
      this.#box.replaceChildren(
        ...(isStaging ? [banner] : []),
        createElement("div", { className: "content" }, ...children),
      );
    }

    #findConfigurationError() {
      const env = this.getAttribute("env") ?? "staging";
      if (env === "production") return "This stand-in works in staging only.";
      if (env !== "staging") return "env must be staging or production.";
      if (this.hasAttribute("api-key")) return "api-key is retired: use jwt-token.";
      if (!this.getAttribute("jwt-token")) return "jwt-token is missing.";
      if (!this.getAttribute("tenant-id")) return "tenant-id is missing.";
      return null;
    }

    async #render() {
      this.#abortController.abort();
      this.#abortController = new AbortController();
      const { signal } = this.#abortController;
      this.#hasForm = false;
      const configurationError = this.#findConfigurationError();
      if (configurationError) return this.#show(createError(configurationError));
      this.#show(createElement("p", { textContent: "Loading…" }));
      const patientId = this.getAttribute("patient-id");
      try {
        const recipients = await this.#request(
          patientId ? `/patients/${encodeURIComponent(patientId)}` : "/patients",
        );
        if (!signal.aborted) this.#showForm(recipients);
      } catch (error) {
        if (!signal.aborted) this.#show(createError(error.message));
      }
    }

    #showForm(recipients) {
      this.#hasForm = true;
      const { practice, patients = [recipients] } = recipients;
      const patientSelect = createElement(
        "select",
        { id: "patient", required: true },
        createElement("option", { value: "", textContent: "Select a patient" }),
        ...patients.map(({ id, name }) =>
          createElement("option", { value: id, textContent: name }),
        ),
      );
      const text = createElement("textarea", { id: "text", required: true, maxLength: 918 });
      const button = createElement("button", { type: "submit", textContent: "Send" });
      const recipientFields = recipients.id
        ? [createElement("p", {}, "To ", createElement("strong", { textContent: recipients.name }))]
        : [createElement("label", { htmlFor: "patient", textContent: "Patient" }), patientSelect];
      const form = createElement(
        "form",
        {},
        createElement("h2", { textContent: `New message from ${practice}` }),
        ...recipientFields,
        createElement("label", { htmlFor: "text", textContent: "Message" }),
        text,
        button,
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        form.querySelector(".error")?.remove();
        if (text.value.trim() === "") {
          button.before(createError("Write a message."));
          return;
        }
        const patient = patients.find(({ id }) => id === (recipients.id ?? patientSelect.value));
        button.disabled = true;
        this.#send(patient, text.value).catch((error) => {
          button.disabled = false;
          button.before(createError(error.message));
        });
      });
      this.#show(form);
    }

    async #send(patient, text) {
      const { signal } = this.#abortController;
      const adminId = this.getAttribute("admin-id") ?? undefined;
      const { id } = await this.#request("/messages", { patientId: patient.id, text, adminId });
      this.#showConfirmation(patient, "is queued for sending");
      window.dispatchEvent(new CustomEvent("HHMB.MESSAGE_SENT", { detail: { id } }));
      for (let polls = 0; polls < maxPolls; polls += 1) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        if (signal.aborted) return;
        const { status } = await this.#request(`/messages/${id}`).catch(() => ({}));
        if (signal.aborted) return;
        if (status !== "delivered") continue;
        this.#box.querySelector("[role=status]").textContent =
          `Your message to ${patient.name} was delivered.`;
        window.dispatchEvent(new CustomEvent("HHMB.MESSAGE_SENT_CONFIRM", { detail: { id } }));
        return;
      }
    }

    #showConfirmation(patient, statusText) {
      const heading = createElement("h2", { textContent: "Message sent", tabIndex: -1 });
      const status = createElement("p", {
        textContent: `Your message to ${patient.name} ${statusText}.`,
      });
      status.setAttribute("role", "status");
      const again = createElement("button", {
        type: "button",
        textContent: "Write another message",
      });
      again.addEventListener("click", () => void this.#render());
      this.#show(heading, status, again);
      heading.focus();
    }

    /** Calls the element's API; throws its error message. */
    async #request(path, body) {
      const response = await fetch(`${origin}/element${path}`, {
        method: body ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${this.getAttribute("jwt-token")}`,
          "x-tenant-id": this.getAttribute("tenant-id"),
          ...(body && { "content-type": "application/json" }),
        },
        body: body && JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: this.#abortController.signal,
      }).catch(() => {
        throw new Error("Hero cannot be reached from this page.");
      });
      const result = await response.json().catch(() => ({}));
      if (response.ok) return result;
      throw new Error(
        typeof result.message === "string" ? `${result.message}.` : "Hero did not respond.",
      );
    }
  }

  customElements.define(tag, MessageBuilder);
})();
