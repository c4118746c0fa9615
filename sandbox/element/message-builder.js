/*
 * A stand-in for Hero's Message Builder, made from what Hero documents of it: its attributes, its theme
 * and its two events. It looks and speaks as we made it; it is not Hero's element.
 */
(() => {
  const tag = "hh-message-builder";
  if (customElements.get(tag)) return;

  const own =
    document.currentScript ??
    document.querySelector('script[src*="/message-builder/web-component/"]');
  const server = new URL(own?.src ?? location.href).origin;

  const pollMs = 1_000;
  const mostPolls = 120;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
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
    .strip {
      margin: 0;
      padding: 6px 20px;
      background: var(--primary-lightest, #e6f0eb);
      color: var(--typography-darkest, #0f1f2e);
      font-size: 14px;
    }
    .inside { padding: 20px; }
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
    .wrong {
      padding: 12px 16px;
      border-left: 4px solid #a3232a;
      background: #fdf0f0;
      color: #6d1117;
    }
    .wrong:last-child { margin-bottom: 0; }
  `);

  /** An element with its properties, and what is in it. */
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const problem = (text) => {
    const box = make("p", { className: "wrong", textContent: text });
    box.setAttribute("role", "alert");
    return box;
  };

  class MessageBuilder extends HTMLElement {
    static observedAttributes = ["jwt-token", "tenant-id", "env", "patient-id"];

    #theme = null;
    #box = make("section", { className: "box" });
    /** Ends whatever is asked or waited for. */
    #work = new AbortController();
    #isDue = false;
    #hasForm = false;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.#box.setAttribute("aria-label", "Message Builder");
      root.append(this.#box);
      // Set before the script was there, it stands in the way of the setter.
      if (Object.hasOwn(this, "theme")) {
        const given = this.theme;
        delete this.theme;
        this.theme = given;
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
      if (!this.#hasForm) this.#plan();
    }

    disconnectedCallback() {
      this.#work.abort();
    }

    /** A new token is for the calls to come; what is being written stays. */
    attributeChangedCallback(name) {
      if (name !== "jwt-token" || !this.#hasForm) this.#plan();
    }

    #plan() {
      if (this.#isDue) return;
      this.#isDue = true;
      queueMicrotask(() => {
        this.#isDue = false;
        if (this.isConnected) void this.#begin();
      });
    }

    #show(...children) {
      const env = this.getAttribute("env");
      const strip = make("p", {
        className: "strip",
        textContent: `Stand-in for Hero, pointed at staging${env === null ? ", because env was left out" : ""}`,
      });
      const isStaging = env === null || env === "staging";
      this.#box.replaceChildren(
        ...(isStaging ? [strip] : []),
        make("div", { className: "inside" }, ...children),
      );
    }

    #fault() {
      const env = this.getAttribute("env") ?? "staging";
      if (env === "production")
        return "This stand-in knows staging only: there is no production here.";
      if (env !== "staging") return "env must be staging or production.";
      if (this.hasAttribute("api-key")) return "api-key is retired: use jwt-token.";
      if (!this.getAttribute("jwt-token")) return "jwt-token is missing.";
      if (!this.getAttribute("tenant-id")) return "tenant-id is missing.";
      return null;
    }

    async #begin() {
      this.#work.abort();
      this.#work = new AbortController();
      const { signal } = this.#work;
      this.#hasForm = false;
      const fault = this.#fault();
      if (fault) return this.#show(problem(fault));
      this.#show(make("p", { textContent: "Loading…" }));
      const patientId = this.getAttribute("patient-id");
      try {
        const found = await this.#ask(
          patientId ? `/patients/${encodeURIComponent(patientId)}` : "/patients",
        );
        if (!signal.aborted) this.#showForm(found);
      } catch (error) {
        if (!signal.aborted) this.#show(problem(error.message));
      }
    }

    #showForm(found) {
      this.#hasForm = true;
      const { practice, patients = [found] } = found;
      const choice = make(
        "select",
        { id: "patient", required: true },
        make("option", { value: "", textContent: "Choose a patient" }),
        ...patients.map(({ id, name }) => make("option", { value: id, textContent: name })),
      );
      const text = make("textarea", { id: "text", required: true, maxLength: 918 });
      const button = make("button", { type: "submit", textContent: "Send" });
      const to = found.id
        ? [make("p", {}, "To ", make("strong", { textContent: found.name }))]
        : [make("label", { htmlFor: "patient", textContent: "Patient" }), choice];
      const form = make(
        "form",
        {},
        make("h2", { textContent: `New message from ${practice}` }),
        ...to,
        make("label", { htmlFor: "text", textContent: "Message" }),
        text,
        button,
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        form.querySelector(".wrong")?.remove();
        if (text.value.trim() === "") {
          button.before(problem("Write a message."));
          return;
        }
        const patient = patients.find(({ id }) => id === (found.id ?? choice.value));
        button.disabled = true;
        this.#send(patient, text.value).catch((error) => {
          button.disabled = false;
          button.before(problem(error.message));
        });
      });
      this.#show(form);
    }

    async #send(patient, text) {
      const { signal } = this.#work;
      const adminId = this.getAttribute("admin-id") ?? undefined;
      const { id } = await this.#ask("/messages", { patientId: patient.id, text, adminId });
      this.#showConfirmation(patient, "is queued for sending");
      window.dispatchEvent(new CustomEvent("HHMB.MESSAGE_SENT", { detail: { id } }));
      for (let polls = 0; polls < mostPolls; polls += 1) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        if (signal.aborted) return;
        const { status } = await this.#ask(`/messages/${id}`).catch(() => ({}));
        if (signal.aborted) return;
        if (status !== "delivered") continue;
        this.#box.querySelector("[role=status]").textContent =
          `Your message to ${patient.name} was delivered.`;
        window.dispatchEvent(new CustomEvent("HHMB.MESSAGE_SENT_CONFIRM", { detail: { id } }));
        return;
      }
    }

    #showConfirmation(patient, what) {
      const heading = make("h2", { textContent: "Message sent", tabIndex: -1 });
      const status = make("p", { textContent: `Your message to ${patient.name} ${what}.` });
      status.setAttribute("role", "status");
      const again = make("button", { type: "button", textContent: "Write another message" });
      again.addEventListener("click", () => void this.#begin());
      this.#show(heading, status, again);
      heading.focus();
    }

    /** Asks the element's own server; what it refuses is an error with its words. */
    async #ask(path, body) {
      const reply = await fetch(`${server}/element${path}`, {
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
        signal: this.#work.signal,
      }).catch(() => {
        throw new Error("Hero cannot be reached from this page.");
      });
      const answer = await reply.json().catch(() => ({}));
      if (reply.ok) return answer;
      throw new Error(
        typeof answer.message === "string" ? `${answer.message}.` : "Hero cannot answer just now.",
      );
    }
  }

  customElements.define(tag, MessageBuilder);
})();
