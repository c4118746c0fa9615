import { SegmentedMessage } from "sms-segments-calculator";

export type MessageLength = {
  /** Septets, or UTF-16 units once one character needs them. */
  units: number;
  segments: number;
  /** Fewer where a message has several segments (3GPP TS 23.040). */
  unitsPerSegment: number;
  encoding: "GSM-7" | "UCS-2";
  /** The characters that force UCS-2, each once. */
  nonGsmCharacters: string[];
};

const segmentLimits = {
  "GSM-7": { single: 160, multipart: 153 },
  "UCS-2": { single: 70, multipart: 67 },
};

/** The length of a text message in segments. An empty text has none. */
export function measureMessage(text: string): MessageLength {
  const message = new SegmentedMessage(text, "auto");
  const encoding = message.encodingName;
  const segments = text === "" ? 0 : message.segmentsCount;
  return {
    units: encoding === "GSM-7" ? message.numberOfCharacters : text.length,
    segments,
    unitsPerSegment:
      segments > 1 ? segmentLimits[encoding].multipart : segmentLimits[encoding].single,
    encoding,
    nonGsmCharacters: [...new Set(message.getNonGsmCharacters())],
  };
}
