import { SegmentedMessage } from "sms-segments-calculator";

export type MessageLength = {
  /** In what the network counts: septets, or UTF-16 units once one character needs them. */
  units: number;
  segments: number;
  /** Units that fit one segment: the whole of it alone, less where segments are joined (3GPP TS 23.040). */
  unitsPerSegment: number;
  encoding: "GSM-7" | "UCS-2";
  /** The characters that force UCS-2, each once, in order of appearance. */
  nonGsmCharacters: string[];
};

const segmentLimits = {
  "GSM-7": { single: 160, multipart: 153 },
  "UCS-2": { single: 70, multipart: 67 },
};

/** How a text message will be cut and counted. An empty text takes no segment. */
export function measureMessage(text: string): MessageLength {
  // A text field gives line breaks as one character, and so they are sent.
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
