import { execFileSync } from "node:child_process";
import jsQr from "jsqr";
import { describe, expect, it } from "vitest";
import {
  formatCurlCommand,
  heroCurlCommand,
  portalCurlCommand,
  quoteForShell,
} from "@/components/sharing/curl";
import { emailText, type SharedLink, smsText } from "@/components/sharing/message-templates";
import { formatWelshDate, posterLabels, displayAddress } from "@/components/sharing/poster-labels";
import {
  type CorrectionLevel,
  correctionLevels,
  createQr,
  qrSvg,
  quietZone,
} from "@/components/sharing/qr";
import { slugifyFileName } from "@/components/ui/download-file";
import { countSmsParts } from "@/server/schemas/sms-parts";

const link: SharedLink = {
  id: "0199b5a2-0000-7000-8000-000000000001",
  kind: "booking",
  audience: "generic",
  state: "live",
  reason: null,
  isHeld: false,
  failureCode: null,
  name: "It's a clinic",
  reference: null,
  tags: ["flu"],
  bulkUploadId: null,
  // The nickname is never in a text for patients.
  practice: { id: "p", name: "Ours", publicName: "Elm Surgery", practiceGroupId: "30182" },
  appointmentType: { id: "12", name: "Flu clinic" },
  location: { id: "34", name: "Main building" },
  practitioner: null,
  form: null,
  patientId: null,
  slotsFrom: "2026-12-03",
  slotsTo: null,
  expiresOn: "2026-12-17",
  maxUses: 50,
  uses: 0,
  opens: 0,
  url: "https://hero.example/s/aB3dE5",
  operationId: "o",
  createdBy: "Opal",
  createdAt: "2026-11-23T10:00:00.000Z",
  refreshedAt: null,
  closedAt: null,
};
const invite: SharedLink = { ...link, audience: "patient_invite", patientId: "501" };
const formLink: SharedLink = {
  ...link,
  kind: "form",
  appointmentType: null,
  location: null,
  form: { id: "f-1", name: "Asthma review" },
};

const videoLink: SharedLink = {
  ...invite,
  kind: "video",
  appointmentType: null,
  location: null,
  slotsFrom: null,
  maxUses: null,
};

describe("the suggested texts", () => {
  const all = [
    link,
    invite,
    formLink,
    videoLink,
    { ...formLink, audience: "patient_invite" as const },
  ];

  it("a suggested text has the address on its own line and the end date", () => {
    for (const message of all) {
      for (const text of [smsText(message), emailText(message).body]) {
        expect(text.split("\n")).toContain(link.url);
        expect(text).toContain("until the end of 17 December 2026");
      }
    }
  });

  it("a suggested text has standard SMS characters only, and at most two messages", () => {
    for (const message of all) {
      const { encoding, parts } = countSmsParts(smsText(message));
      expect(encoding).toBe("gsm7");
      expect(parts).toBeLessThanOrEqual(2);
    }
  });

  it("only a text to one patient says that the link is theirs", () => {
    expect(smsText(invite)).toContain("For you only");
    expect(emailText(invite).body).toContain("for you only");
    expect(smsText(link)).not.toContain("For you only");
    expect(emailText(link).body).not.toContain("for you only");
  });

  it("a suggested text never contains the patient's ID", () => {
    expect(smsText(invite) + JSON.stringify(emailText(invite))).not.toContain("501");
  });
});

describe("the poster's texts", () => {
  it("the poster gives the date in both languages", () => {
    const expiryText = ({ openUntil, formatDate }: (typeof posterLabels)["en"]) =>
      `${openUntil} ${formatDate("2026-12-17")}`;
    expect(expiryText(posterLabels.en)).toBe("Open until the end of 17 December 2026");
    expect(expiryText(posterLabels.cy)).toBe("Ar agor tan ddiwedd 17 Rhagfyr 2026");
    expect(formatWelshDate("2026-03-01")).toBe("1 Mawrth 2026");
    expect(formatWelshDate("2026-08-31")).toBe("31 Awst 2026");
  });

  it("a poster's address leaves out what browsers add", () => {
    expect(displayAddress("https://hero.example/s/aB3dE5")).toBe("hero.example/s/aB3dE5");
  });
});

describe("a QR code", () => {
  const levels = Object.keys(correctionLevels) as CorrectionLevel[];

  /** Reads modules drawn `scale` pixels wide with an independent decoder. */
  function decodeQr(modules: boolean[][], scale: number): string | undefined {
    const width = modules.length * scale;
    const pixels = new Uint8ClampedArray(width * width * 4);
    for (let index = 0; index < width * width; index++) {
      const row = modules[Math.floor(index / width / scale)];
      const isDark = row?.[Math.floor((index % width) / scale)];
      pixels.set(isDark ? [0, 0, 0, 255] : [255, 255, 255, 255], index * 4);
    }
    return jsQr(pixels, width, width)?.data;
  }

  it.each(levels)("a QR code contains the address at error correction %s", async (level) => {
    for (const url of [link.url, `https://hero.example/s/${"x".repeat(120)}`]) {
      expect(decodeQr(await createQr(url, level), 4)).toBe(url);
    }
  });

  it("a QR code has a quiet zone of exactly four modules", async () => {
    const modules = await createQr(link.url, "M");
    const dark = (rows: boolean[][]) => rows.flat().filter(Boolean).length;
    const columns = (from: number, to?: number) => modules.map((row) => row.slice(from, to));
    expect(quietZone).toBe(4);
    expect(dark(modules.slice(0, 4)) + dark(modules.slice(-4))).toBe(0);
    expect(dark(columns(0, 4)) + dark(columns(-4))).toBe(0);
    expect(modules[4]?.slice(4, 11)).toEqual(Array.from({ length: 7 }, () => true));
  });

  it("a QR code's size differs with its error correction", async () => {
    const sizes = await Promise.all(
      levels.map(async (level) => (await createQr(link.url, level)).length),
    );
    expect(sizes).toEqual(sizes.toSorted((first, other) => first - other));
    expect(new Set(sizes).size).toBeGreaterThan(1);
  });

  it("a QR code is an SVG of the requested size that runs and loads nothing", async () => {
    const svg = qrSvg(await createQr(link.url, "L"), 512);
    expect(svg).toContain('width="512" height="512"');
    expect(svg).not.toMatch(/script|href|<image|on\w+=/);
  });
});

describe("the name of a saved file", () => {
  it.each([
    ["Flu clinic (65+)", "flu-clinic-65"],
    ["Gŵyl y Tŷ", "gwyl-y-ty"],
    ["../../etc/passwd", "etc-passwd"],
    ["!?", ""],
    [`${"a".repeat(39)} b`, "a".repeat(39)],
  ])("%s is saved as %s", (text, part) => {
    expect(slugifyFileName(text)).toBe(part);
  });
});

describe("the command that creates the same link", () => {
  /** The arguments that the shell passes to curl. */
  function shellWords(command: string): string[] {
    const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
    const env = { ...process.env, HERO_API_KEY: "hero-key", PORTAL_API_KEY: "portal-key" };
    return execFileSync("sh", ["-c", script], { env }).toString().split("\0").slice(0, -1);
  }
  const requestBody = (command: string): unknown =>
    JSON.parse(shellWords(command)[shellWords(command).indexOf("--data") + 1] ?? "");

  it("the command to Hero uses Hero's field names", () => {
    const command = heroCurlCommand(link, "https://api.hero.example");
    const args = shellWords(command);
    expect(args).toContain("https://api.hero.example/v1/booking_links");
    expect(args).toContain("x-api-key: hero-key");
    expect(args).toContain("x-practice-group-id: 30182");
    expect(requestBody(command)).toEqual({
      appointment_type_id: "12",
      location_id: "34",
      from_date: "2026-12-03",
      expiry_date: "2026-12-17",
      maximum_use_count: 50,
    });
    expect(command).not.toContain("hero-key");
  });

  it("the command to Hero can create a form link", () => {
    const command = heroCurlCommand({ ...formLink, patientId: "501" }, "https://api.hero.example");
    expect(shellWords(command)).toContain("https://api.hero.example/v1/form_links");
    expect(requestBody(command)).toEqual({
      form_id: "f-1",
      patient_id: "501",
      expiry_date: "2026-12-17",
      maximum_use_count: 50,
    });
  });

  it("the commands can create a video link, which has no limit on its uses", () => {
    const command = heroCurlCommand(videoLink, "https://api.hero.example");
    expect(shellWords(command)).toContain("https://api.hero.example/v1/video_links");
    expect(requestBody(command)).toEqual({ patient_id: "501", expiry_date: "2026-12-17" });
    expect(requestBody(portalCurlCommand(videoLink, "https://portal.example"))).toEqual({
      kind: "video",
      practiceGroupId: "30182",
      patientId: "501",
      expiresOn: "2026-12-17",
      name: "It's a clinic",
      tags: ["flu"],
    });
  });

  it("the command to the portal uses the portal's field names", () => {
    const command = portalCurlCommand(link, "https://portal.example");
    expect(shellWords(command)).toContain("authorization: Bearer portal-key");
    expect(requestBody(command)).toMatchObject({
      kind: "booking",
      practiceGroupId: "30182",
      name: "It's a clinic",
      tags: ["flu"],
    });
  });

  it("the command quotes any text correctly", () => {
    for (const text of ["it's", "$(touch x)", "`id`", '"', "\\", "a\nb", "''", "'; rm -rf /; '"]) {
      expect(execFileSync("sh", ["-c", `printf %s ${quoteForShell(text)}`]).toString()).toBe(text);
      expect(
        requestBody(formatCurlCommand({ url: "https://x", headers: [], body: { text } })),
      ).toEqual({ text });
    }
  });
});
