"use client";

import { useRef, useState } from "react";
import { toCallFailure } from "@/components/client";
import { describeFailure } from "@/components/forms/use-form-submit";
import { elementErrorMessages } from "@/server/schemas/element-reports";
import type { FrameMessage } from "./messages";

/** One line of what happened in the frame. */
export type FrameEvent = {
  id: number;
  occurredAt: Date;
  kind: "opened" | "ready" | "event" | "warning" | "error";
  text: string;
  /** What came with an event, as text. */
  data?: string | undefined;
};

/** Why the element is not there, or will not stay. */
export type FrameError = {
  title: string;
  text: string;
  /** The loader asks again by itself. */
  willRetry: boolean;
  /** An element with a good token is still there, and may have something half written in it. */
  isElementShown: boolean;
};

const maxEvents = 200;

// After these the loader asks again by itself.
const retriedCodes = ["offline", "hero-unavailable", "rate-limited"];

function describeErrorCode(code: string, isElementShown: boolean): FrameError {
  const entry = Object.entries(elementErrorMessages).find(([knownCode]) => knownCode === code);
  return {
    title: isElementShown ? "The token could not be renewed" : "The element is not there",
    text: entry?.[1] ?? `The loader told of ${code}.`,
    willRetry: retriedCodes.includes(code),
    isElementShown,
  };
}

const stringifyData = (data: unknown) =>
  data === null || data === undefined ? undefined : JSON.stringify(data).slice(0, 500);

/** Keeps what a frame tells: its lines, when its token ends, and what is wrong with it just now. */
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
        addEvent("ready", "The element is there, with a new token.");
        break;
      case "hero:event":
        addEvent("event", message.name, stringifyData(message.data));
        break;
      case "hero:warning":
        addEvent("warning", "A renewal is due while something may be half written: it asks first.");
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
          title: "No session was opened",
          text: describeFailure(toCallFailure(failure.error)),
          willRetry: false,
          isElementShown: false,
        }
      : {
          title: "The frame does not answer",
          text: "Its page on the second origin did not load, or its scripts were blocked.",
          willRetry: false,
          isElementShown: false,
        };
    setError(frameError);
    addEvent("error", `${frameError.title}: ${frameError.text}`);
  }

  function start() {
    setTokenExpiresAt(null);
    setError(null);
    addEvent("opened", "A session is being opened.");
  }

  return {
    lines: events,
    endsAt: tokenExpiresAt,
    trouble: error,
    hear: handleMessage,
    fail: handleFailure,
    begin: start,
    clear: () => setEvents([]),
  };
}
