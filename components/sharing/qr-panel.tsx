"use client";

import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import {
  type CorrectionLevel,
  correctionLevels,
  createQr,
  type QrModules,
  qrPath,
  qrPng,
  qrSvg,
} from "./qr";
import { slugifyFileName, downloadFile } from "@/components/ui/download-file";

const sizes = [
  { pixels: 256, purpose: "on a web page" },
  { pixels: 512, purpose: "on a screen" },
  { pixels: 1024, purpose: "on a leaflet" },
  { pixels: 2048, purpose: "on a poster" },
  { pixels: 4096, purpose: "on a banner" },
] as const;

const correctionLabels: Record<CorrectionLevel, string> = {
  L: "Low",
  M: "Medium",
  Q: "High",
  H: "Highest",
};

/** A generic link as a QR code to save. `subject` names the file. */
export function QrPanel({ url, subject }: { url: string; subject: string }) {
  const [correction, setCorrection] = useState<CorrectionLevel>("M");
  const [size, setSize] = useState(1024);
  const [modules, setModules] = useState<QrModules | null>(null);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    let isStale = false;
    createQr(url, correction).then(
      (newModules) => !isStale && setModules(newModules),
      () => !isStale && setProblem("Could not create the QR code. Reload the page and try again."),
    );
    return () => {
      isStale = true;
    };
  }, [url, correction]);

  const fileName = `qr-${slugifyFileName(subject) || "link"}-${correction.toLowerCase()}-${size}`;

  function saveSvg() {
    if (!modules) return;
    downloadFile(new Blob([qrSvg(modules, size)], { type: "image/svg+xml" }), `${fileName}.svg`);
  }

  function savePng() {
    if (!modules) return;
    qrPng(modules, size).then(
      (png) => downloadFile(png, `${fileName}.png`),
      () => setProblem("This browser could not create the PNG. Save the SVG instead."),
    );
  }

  return (
    <div className="flex flex-wrap gap-x-8 gap-y-5">
      <div className="size-48 shrink-0 overflow-hidden rounded-lg border border-line bg-white">
        {modules ? (
          <svg
            role="img"
            aria-label={`QR code of this link, correction ${correction}`}
            viewBox={`0 0 ${modules.length} ${modules.length}`}
            shapeRendering="crispEdges"
            className="size-full"
          >
            <path fill="#fff" d={`M0 0h${modules.length}v${modules.length}h-${modules.length}z`} />
            <path fill="#000" d={qrPath(modules)} />
          </svg>
        ) : null}
      </div>
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Size" name="qrSize" hint="For the PNG. The SVG can be any size.">
            {(ids) => (
              <Select
                {...ids}
                value={String(size)}
                onChange={(event) => setSize(Number(event.target.value))}
              >
                {sizes.map(({ pixels, purpose }) => (
                  <option key={pixels} value={pixels}>
                    {pixels} pixels, {purpose}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field
            label="Error correction"
            name="qrCorrection"
            hint="How much damage the code can survive."
          >
            {(ids) => (
              <Select
                {...ids}
                value={correction}
                onChange={(event) => setCorrection(event.target.value as CorrectionLevel)}
              >
                {(Object.keys(correctionLevels) as CorrectionLevel[]).map((level) => (
                  <option key={level} value={level}>
                    {correctionLabels[level]} ({level}, {correctionLevels[level].recoverable})
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button icon={<Download />} pending={!modules} onClick={savePng}>
            Save PNG
          </Button>
          <Button icon={<Download />} pending={!modules} onClick={saveSvg}>
            Save SVG
          </Button>
        </div>
        <p role="status" className="text-sm text-danger empty:hidden">
          {problem}
        </p>
        <p className="text-sm text-muted">
          Keep the white margin, or the code will not scan. Test it with a phone before printing.
        </p>
      </div>
    </div>
  );
}
