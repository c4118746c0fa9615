"use client";

import { useRef, useState } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { elementErrorMessages } from "@/server/schemas/element-errors";
import type { FrameMessage } from "./messages";

export type FrameEvent = {
  id: number;
  occurredAt: Date;
  kind: "opened" | "ready" | "event" | "warning" | "error";
  text: string;
  /** The event's data as JSON, shortened. */
  data?: string | undefined;
};

export type FrameError = {
  title: string;
  text: string;
  willRetry: boolean;
  /** An element with a valid token is still shown, and may hold unsaved text. */
  isElementShown: boolean;
};

const maxEvents = 200;

/** The loader retries these by itself. */
const retriedCodes = ["offline", "hero-unavailable", "rate-limited"];

function describeErrorCode(code: string, isElementShown: boolean): FrameError {
  const entry = Object.entries(elementErrorMessages).find(([knownCode]) => knownCode === code);
  return {
    title: isElementShown ? "The token could not be renewed" : "The element did not load",
    text: entry?.[1] ?? `The loader reported ${code}.`,
    willRetry: retriedCodes.includes(code),
    isElementShown,
  };
}

const stringifyData = (data: unknown) =>
  data === null || data === undefined ? undefined : JSON.stringify(data).slice(0, 500);

/** The frame's events, newest first, the end of its token and its current error. */
export function useFrameEvents() {
  const [events, setEvents] = useState<FrameEvent[]>([]);
  const [tokenExpiresAt, setTokenExpiresAt] = useState<Date | null>(null);
  const [error, setError] = useState<FrameError | null>(null);
  const nextId = useRef(1);

  function addEvent(kind: FrameEvent["kind"], text: string, data?: string) {
    const event = { id: nextId.current++, occurredAt: new Date(), kind, text, data };
    setEvents((previous) => [event, ...previous].slice(0, maxEvents));
  }

  function handleMessage(message: FrameMessage) {
    switch (message.type) {
      case "hero:ready":
        setError(null);
        setTokenExpiresAt(new Date(Date.now() + message.expiresIn * 1000));
        addEvent("ready", "The element is ready with a new token.");
        break;
      case "hero:event":
        addEvent("event", message.name, stringifyData(message.data));
        break;
      case "hero:warning":
        addEvent("warning", "Renewal is waiting for unsaved text.");
        break;
      case "hero:error": {
        const frameError = describeErrorCode(
          message.code,
          tokenExpiresAt !== null && tokenExpiresAt > new Date(),
        );
        setError(frameError);
        addEvent("error", `${message.code}: ${frameError.text}`);
        break;
      }
      case "hero:height":
        break;
    }
  }

  function handleFailure(failure: { error: unknown } | null) {
    const frameError = failure
      ? {
          title: "The session was not created",
          text: describeFailure(toCallFailure(failure.error)),
          willRetry: false,
          isElementShown: false,
        }
      : {
          title: "The element did not respond",
          text: "Its page did not load, or its scripts were blocked.",
          willRetry: false,
          isElementShown: false,
        };
    setError(frameError);
    addEvent("error", `${frameError.title}: ${frameError.text}`);
  }

  function start() {
    setTokenExpiresAt(null);
    setError(null);
    addEvent("opened", "Creating a session.");
  }

  return {
    events,
    tokenExpiresAt,
    error,
    handleMessage,
    handleFailure,
    start,
    clear: () => setEvents([]),
  };
}
