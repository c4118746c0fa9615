import type {
  HeroErrorEvent,
  HeroHintEvent,
  HeroMount,
  HeroMountOptions,
  HeroPortalEvent,
  HeroReadyEvent,
  HeroWarningEvent,
} from "@/public/embed/v1";
import type { ElementGrant } from "@/server/schemas/element-sessions";
import { makeBar } from "./renewal-prompt";
import { exchange, type Trouble } from "./exchange";
import { defineElement } from "./hero-script";
import { portalUrl } from "./current-script";

const renewBeforeEndMs = 300_000;
/** Timers stand still while a machine sleeps; this often the clock is looked at as well. */
const lookMs = 30_000;
/** After a message is sent its confirmation is shown; it is left there for as long. */
const confirmationMs = 10_000;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

type Details = {
  "hero:ready": HeroReadyEvent["detail"];
  "hero:event": HeroHintEvent["detail"];
  "hero:error": HeroErrorEvent["detail"];
  "hero:warning": HeroWarningEvent["detail"];
};

/** The host that a person used last: of several on a page, a draft ends there. */
let lastUsed: HTMLElement;

/** Keeps one element in `host` supplied with tokens, and never throws away what is half written in it. */
export function mount(
  host: HTMLElement,
  { session, placement, onEvent, prepare }: HeroMountOptions,
): HeroMount {
  const listening = new AbortController();
  const { signal } = listening;
  const told = new Set<string>();
  let element: HTMLElement | undefined;
  let bar: HTMLElement | undefined;
  /** A token that is here but not yet shown, and until when by the page's clock it need not be renewed. */
  let held: { grant: ElementGrant; cameAt: number; dueAt: number } | undefined;
  let isDraft = false;
  let isWarned = false;
  let isAgreed = false;
  let lastTrouble = "";
  let retries = 0;
  let dueAt = 0;
  let timer: ReturnType<typeof setTimeout>;
  let work: Promise<void> | undefined;

  function emit<Type extends keyof Details>(type: Type, detail: Details[Type]): boolean {
    const event = new CustomEvent(type, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: type === "hero:warning",
    });
    host.dispatchEvent(event);
    try {
      onEvent?.(event as HeroPortalEvent);
    } catch (error) {
      // The page's own fault, told where its other faults are; it does not stop ours.
      reportError(error);
    }
    return !event.defaultPrevented;
  }

  function schedule(ms: number) {
    clearTimeout(timer);
    dueAt = Date.now() + ms;
    timer = setTimeout(() => void renew(), ms);
  }

  function report(code: string) {
    // Where the portal cannot be reached a report cannot either; "offline" is told afterwards.
    if (!placement || told.has(code) || code === "connect-blocked") return;
    told.add(code);
    navigator.sendBeacon(
      `${portalUrl}/api/v1/element-reports`,
      JSON.stringify({ placement, code }),
    );
  }

  function fail({ code, retryInMs }: Trouble) {
    const isNew = code !== lastTrouble;
    lastTrouble = code;
    // A page that was let in before is hardly a stranger now: the answer was lost in another way.
    if (retryInMs === null || (code === "origin-refused" && !element)) {
      clearTimeout(timer);
      dueAt = Number.POSITIVE_INFINITY;
    } else {
      // Not all pages at once, after a trouble that all of them had.
      const usual = () => Math.min(firstRetryMs * 2 ** retries++, longestRetryMs);
      schedule(retryInMs ?? usual() * (0.75 + Math.random() / 2));
    }
    if (code !== "offline") report(code);
    if (isNew) emit("hero:error", { code });
  }

  function warn() {
    if (isWarned) return;
    isWarned = true;
    if (emit("hero:warning", { renew: agree })) {
      bar = makeBar(() => void agree());
      host.prepend(bar);
    }
  }

  const mustAsk = () => isDraft && !isAgreed;

  async function attempt(): Promise<void> {
    if (signal.aborted) return;
    if (mustAsk()) return warn();
    if (!held || Date.now() >= held.dueAt) {
      const answer = await exchange(session);
      if (signal.aborted) return;
      if ("code" in answer) return fail(answer);
      const cameAt = Date.now();
      const lifeMs = answer.expiresIn * 1000;
      const goodMs = Math.max(lifeMs - renewBeforeEndMs, lifeMs / 2, firstRetryMs);
      held = { grant: answer, cameAt, dueAt: cameAt + goodMs };
    }
    const { tag, script } = held.grant.element;
    const isDefined = await defineElement(tag, script);
    if (signal.aborted) return;
    if (!isDefined) return fail({ code: navigator.onLine ? "script-blocked" : "offline" });
    // It took a moment, in which somebody may have begun to write.
    if (mustAsk()) return warn();
    show(held);
  }

  function show({ grant, cameAt, dueAt: nextAt }: NonNullable<typeof held>) {
    const fresh = document.createElement(grant.element.tag);
    if (grant.theme) Object.assign(fresh, { theme: grant.theme });
    prepare?.(fresh);
    // After the page's own: what the session fixes, the page does not change.
    for (const [name, value] of Object.entries(grant.attributes)) fresh.setAttribute(name, value);
    fresh.setAttribute("tenant-id", grant.practiceGroupId);
    // Hero takes staging where it is left out.
    fresh.setAttribute("env", grant.env);
    fresh.setAttribute("jwt-token", grant.token);

    const hadFocus = bar?.contains(document.activeElement);
    if (!element) grant.element.events.forEach(listen);
    clear();
    element = fresh;
    host.append(fresh);
    if (hadFocus) {
      fresh.tabIndex = -1;
      fresh.focus();
    }
    held = undefined;
    isDraft = isWarned = false;
    if (lastTrouble === "offline") report(lastTrouble);
    lastTrouble = "";
    retries = 0;
    schedule(nextAt - Date.now());
    const ageSeconds = Math.round((Date.now() - cameAt) / 1000);
    emit("hero:ready", { expiresAt: grant.expiresAt, expiresIn: grant.expiresIn - ageSeconds });
  }

  function clear() {
    bar?.remove();
    element?.remove();
    element?.removeAttribute("jwt-token");
  }

  function listen({ name, endsDraft }: ElementGrant["element"]["events"][number]) {
    const hear = (event: Event) => {
      if (endsDraft && lastUsed === host) {
        isDraft = false;
        if (dueAt < Date.now() + confirmationMs) schedule(confirmationMs);
      }
      emit("hero:event", { name, hint: true, data: (event as CustomEvent).detail });
    };
    window.addEventListener(name, hear, { signal });
  }

  /** Does what is due; whoever asks meanwhile gets the same. */
  const renew = () =>
    (work ??= attempt().finally(() => {
      work = undefined;
      isAgreed = false;
    }));

  function agree() {
    isAgreed = true;
    return renew();
  }

  const look = () => {
    if (Date.now() >= dueAt) void renew();
  };

  for (const type of ["input", "change", "keydown", "pointerdown"]) {
    const use = (event: Event) => {
      // Going past with Tab writes nothing.
      if (!element?.contains(event.target as Node) || (event as KeyboardEvent).key === "Tab")
        return;
      isDraft = true;
      lastUsed = host;
    };
    host.addEventListener(type, use, { capture: true, signal });
  }
  for (const type of ["focus", "pageshow", "visibilitychange"]) {
    (type === "visibilitychange" ? document : window).addEventListener(type, look, { signal });
  }
  const comeBack = () => (lastTrouble === "offline" ? void renew() : look());
  window.addEventListener("online", comeBack, { signal });
  const ticking = setInterval(look, lookMs);
  void renew();

  return {
    renew: agree,
    unmount() {
      listening.abort();
      clearTimeout(timer);
      clearInterval(ticking);
      clear();
      held = undefined;
    },
  };
}
