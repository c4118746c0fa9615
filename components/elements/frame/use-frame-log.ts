"use client";

import { useRef, useState } from "react";
import { readFailure } from "@/components/client";
import { describeFailure } from "@/components/form-kit/use-form-call";
import { elementFaults } from "@/server/schemas/element-reports";
import type { FrameMessage } from "./messages";

/** One line of what happened in the frame. */
export type LogLine = {
  id: number;
  at: Date;
  kind: "opened" | "ready" | "event" | "warning" | "error";
  text: string;
  /** What came with an event, as text. */
  data?: string | undefined;
};

/** Why the element is not there, or will not stay. */
export type FrameTrouble = {
  title: string;
  text: string;
  /** The loader asks again by itself. */
  comesBack: boolean;
  /** An element with a good token is still there, and may have something half written in it. */
  isThere: boolean;
};

const mostLines = 200;

// After these the loader asks again by itself.
const passing = ["offline", "hero-unavailable", "rate-limited"];

function describeCode(code: string, isThere: boolean): FrameTrouble {
  const known = Object.entries(elementFaults).find(([each]) => each === code);
  return {
    title: isThere ? "The token could not be renewed" : "The element is not there",
    text: known?.[1] ?? `The loader told of ${code}.`,
    comesBack: passing.includes(code),
    isThere,
  };
}

const asText = (data: unknown) =>
  data === null || data === undefined ? undefined : JSON.stringify(data).slice(0, 500);

/** Keeps what a frame tells: its lines, when its token ends, and what is wrong with it just now. */
export function useFrameLog() {
  const [lines, setLines] = useState<LogLine[]>([]);
  const [endsAt, setEndsAt] = useState<Date | null>(null);
  const [trouble, setTrouble] = useState<FrameTrouble | null>(null);
  const nextId = useRef(1);

  function write(kind: LogLine["kind"], text: string, data?: string) {
    const line = { id: nextId.current++, at: new Date(), kind, text, data };
    setLines((before) => [line, ...before].slice(0, mostLines));
  }

  function hear(message: FrameMessage) {
    switch (message.type) {
      case "hero:ready":
        setTrouble(null);
        setEndsAt(new Date(Date.now() + message.expiresIn * 1000));
        write("ready", "The element is there, with a new token.");
        break;
      case "hero:event":
        write("event", message.name, asText(message.data));
        break;
      case "hero:warning":
        write("warning", "A renewal is due while something may be half written: it asks first.");
        break;
      case "hero:error": {
        const found = describeCode(message.code, endsAt !== null && endsAt > new Date());
        setTrouble(found);
        write("error", `${message.code}: ${found.text}`);
        break;
      }
      case "hero:height":
        break;
    }
  }

  function fail(failure: { error: unknown } | null) {
    const found = failure
      ? {
          title: "No session was opened",
          text: describeFailure(readFailure(failure.error)),
          comesBack: false,
          isThere: false,
        }
      : {
          title: "The frame does not answer",
          text: "Its page on the second origin did not load, or its scripts were blocked.",
          comesBack: false,
          isThere: false,
        };
    setTrouble(found);
    write("error", `${found.title}: ${found.text}`);
  }

  function begin() {
    setEndsAt(null);
    setTrouble(null);
    write("opened", "A session is being opened.");
  }

  return { lines, endsAt, trouble, hear, fail, begin, clear: () => setLines([]) };
}
