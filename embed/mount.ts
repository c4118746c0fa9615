import type {
  HeroErrorEvent,
  HeroHintEvent,
  HeroMount,
  HeroMountOptions,
  HeroPortalEvent,
  HeroReadyEvent,
  HeroWarningEvent,
} from "@/public/embed/v2";
import type { ElementGrant } from "@/server/schemas/element-sessions";
import { portalUrl } from "./current-script";
import { trackDraft } from "./draft";
import { exchange, type LoaderError, type ReceivedGrant } from "./exchange";
import { createErrorNotice } from "./error-notice";
import { defineElement } from "./hero-script";
import { createRenewalPrompt } from "./renewal-prompt";
import { createRenewalSchedule } from "./renewal-schedule";

/** How long the confirmation of a sent message stays on the page. */
const confirmationMs = 10_000;
const firstRetryMs = 5_000;
const maxRetryMs = 300_000;

type EventDetails = {
  "hero:ready": HeroReadyEvent["detail"];
  "hero:event": HeroHintEvent["detail"];
  "hero:error": HeroErrorEvent["detail"];
  "hero:warning": HeroWarningEvent["detail"];
};

function createElement(grant: ElementGrant, prepare: HeroMountOptions["prepare"]): HTMLElement {
  const element = document.createElement(grant.element.tag);
  if (grant.theme) Object.assign(element, { theme: grant.theme });
  prepare?.(element);
  // After `prepare`: the page cannot change what the session fixes.
  for (const [name, value] of Object.entries(grant.attributes)) element.setAttribute(name, value);
  element.setAttribute("tenant-id", grant.practiceGroupId);
  // Without it Hero uses staging.
  element.setAttribute("env", grant.env);
  element.setAttribute("jwt-token", grant.token);
  return element;
}

/** Sends each error code to the portal once. */
function createReporter(placement: string | null | undefined) {
  const reportedCodes = new Set<string>();
  return (code: string) => {
    // Blocked calls include this one.
    if (!placement || reportedCodes.has(code) || code === "connect-blocked") return;
    reportedCodes.add(code);
    navigator.sendBeacon(
      `${portalUrl}/api/v1/element-reports`,
      JSON.stringify({ placement, code }),
    );
  };
}

/** Keeps one element in `host` supplied with tokens, and never discards unsaved text without asking. */
export function mount(
  host: HTMLElement,
  { session, placement, onEvent, prepare }: HeroMountOptions,
): HeroMount {
  const unmounted = new AbortController();
  const { signal } = unmounted;
  let element: HTMLElement | undefined;
  let prompt: HTMLElement | undefined;
  let notice: HTMLElement | undefined;
  /** A token not yet in use. */
  let pendingGrant: ReceivedGrant | undefined;
  let pendingRenewal: Promise<void> | undefined;
  let isConfirmed = false;
  let lastErrorCode = "";
  let retries = 0;
  const report = createReporter(placement);
  const schedule = createRenewalSchedule(() => void renew());
  const draft = trackDraft(host, (target) => !!element?.contains(target as Node), signal);

  function emit<Type extends keyof EventDetails>(type: Type, detail: EventDetails[Type]): boolean {
    const event = new CustomEvent(type, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: type === "hero:warning" || type === "hero:error",
    });
    host.dispatchEvent(event);
    try {
      onEvent?.(event as HeroPortalEvent);
    } catch (error) {
      // An error of the page's listener must not stop the loader.
      reportError(error);
    }
    return !event.defaultPrevented;
  }

  function fail({ code, retryInMs }: LoaderError) {
    const isNew = code !== lastErrorCode;
    lastErrorCode = code;
    // A page that has had a token was allowed then, so a refusal now is probably a lost response.
    if (retryInMs === null || (code === "origin-refused" && !element)) {
      schedule.pause();
    } else {
      const defaultDelayMs = () => Math.min(firstRetryMs * 2 ** retries++, maxRetryMs);
      // Spread out, so that pages do not all retry together after an outage.
      schedule.schedule(retryInMs ?? defaultDelayMs() * (0.75 + Math.random() / 2));
    }
    // Reports cannot be sent while offline; that one follows when the element is back.
    if (code !== "offline") report(code);
    if (isNew && emit("hero:error", { code }) && !element) {
      notice?.remove();
      notice = createErrorNotice(code);
      host.append(notice);
    }
  }

  function askToReload() {
    if (draft.startPrompt() && emit("hero:warning", { renew: confirm })) {
      prompt = createRenewalPrompt(() => void confirm());
      host.prepend(prompt);
    }
  }

  const needsConfirmation = () => draft.isUnsaved() && !isConfirmed;

  async function attempt(): Promise<void> {
    if (signal.aborted) return;
    if (needsConfirmation()) return askToReload();
    if (!pendingGrant || Date.now() >= pendingGrant.renewAt) {
      // A renewal needs a new token; a page that shows the element again does not.
      const response = await exchange(session, !element);
      if (signal.aborted) return;
      if ("code" in response) return fail(response);
      pendingGrant = response;
    }
    const { tag, script } = pendingGrant.grant.element;
    const isDefined = await defineElement(tag, script);
    if (signal.aborted) return;
    if (!isDefined) return fail({ code: navigator.onLine ? "script-blocked" : "offline" });
    // Someone may have started to write in the meantime.
    if (needsConfirmation()) return askToReload();
    show(pendingGrant);
  }

  function show({ grant, receivedAt, renewAt }: ReceivedGrant) {
    const newElement = createElement(grant, prepare);
    const hadFocus = prompt?.contains(document.activeElement);
    if (!element) grant.element.events.forEach(forwardHeroEvent);
    clear();
    element = newElement;
    host.append(newElement);
    if (hadFocus) {
      newElement.tabIndex = -1;
      newElement.focus();
    }
    pendingGrant = undefined;
    draft.reset();
    if (lastErrorCode === "offline") report(lastErrorCode);
    lastErrorCode = "";
    retries = 0;
    schedule.schedule(renewAt - Date.now());
    const ageSeconds = Math.round((Date.now() - receivedAt) / 1000);
    emit("hero:ready", { expiresAt: grant.expiresAt, expiresIn: grant.expiresIn - ageSeconds });
  }

  function clear() {
    prompt?.remove();
    notice?.remove();
    element?.remove();
    element?.removeAttribute("jwt-token");
  }

  function forwardHeroEvent({ name, endsDraft }: ElementGrant["element"]["events"][number]) {
    const onHeroEvent = (event: Event) => {
      if (endsDraft && draft.markSent()) schedule.postpone(confirmationMs);
      emit("hero:event", { name, hint: true, data: (event as CustomEvent).detail });
    };
    window.addEventListener(name, onHeroEvent, { signal });
  }

  /** Concurrent callers share one attempt. */
  const renew = () =>
    (pendingRenewal ??= attempt().finally(() => {
      pendingRenewal = undefined;
      isConfirmed = false;
    }));

  function confirm() {
    isConfirmed = true;
    return renew();
  }

  for (const type of ["focus", "pageshow", "visibilitychange"]) {
    const target = type === "visibilitychange" ? document : window;
    target.addEventListener(type, schedule.runIfDue, { signal });
  }
  const onOnline = () => (lastErrorCode === "offline" ? void renew() : schedule.runIfDue());
  window.addEventListener("online", onOnline, { signal });
  void renew();

  return {
    renew: confirm,
    unmount() {
      unmounted.abort();
      schedule.stop();
      clear();
      pendingGrant = undefined;
    },
  };
}
