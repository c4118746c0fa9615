"use client";

import { useEffect, useRef, useState } from "react";
import type { ChartColours, ChartData } from "./draw-chart";

type ResultsChartProps = {
  /** What the chart shows, for people who cannot see it; the numbers are in a table beside it. */
  label: string;
  data: ChartData;
  /** Background classes, one for each series. */
  colours: readonly string[];
};

const backgroundOf = (element: Element | undefined) =>
  element ? getComputedStyle(element).backgroundColor : "";

/** Bars over time. The chart library is loaded once the page is there. */
export function ResultsChart({ label, data, colours }: ResultsChartProps) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const swatchesRef = useRef<HTMLUListElement>(null);
  const toolsRef = useRef<HTMLSpanElement>(null);
  const chartRef = useRef<{ update: (data: ChartData) => void; destroy: () => void } | null>(null);
  const dataRef = useRef(data);
  const [isUnavailable, setUnavailable] = useState(false);

  useEffect(() => {
    let isGone = false;
    const readColours = (): ChartColours => {
      const [grid, surface] = [...(toolsRef.current?.children ?? [])].map(backgroundOf);
      const swatches = swatchesRef.current?.querySelectorAll("[data-swatch]") ?? [];
      return {
        series: [...swatches].map(backgroundOf),
        text: canvasRef.current ? getComputedStyle(canvasRef.current).color : "",
        grid: grid ?? "",
        surface: surface ?? "",
      };
    };
    import("./draw-chart").then(
      ({ drawChart }) => {
        if (isGone || !canvasRef.current) return;
        chartRef.current = drawChart(canvasRef.current, dataRef.current, readColours);
      },
      // The table has the numbers.
      () => setUnavailable(true),
    );
    return () => {
      isGone = true;
      chartRef.current?.destroy();
      chartRef.current = null;
    };
  }, []);

  useEffect(() => {
    dataRef.current = data;
    chartRef.current?.update(data);
  }, [data]);

  return (
    <div className="min-w-0">
      {/* The canvas keeps its width until it is drawn again: a page that became narrower must not scroll. */}
      <div className="relative h-56 min-w-0 overflow-hidden sm:h-64">
        <canvas
          ref={canvasRef}
          role="img"
          aria-label={label}
          className="absolute inset-0 max-w-full text-muted"
        />
        {isUnavailable ? (
          <p className="absolute inset-0 text-sm text-muted">
            The chart could not be loaded. The table has its numbers.
          </p>
        ) : null}
      </div>
      <ul
        ref={swatchesRef}
        aria-hidden="true"
        className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted"
      >
        {data.series.map((series, index) => (
          <li key={series.label} className="inline-flex items-center gap-1.5">
            <span
              data-swatch=""
              className={`size-2.5 rounded-xs edge-when-forced ${colours[index]}`}
            />
            {series.label}
          </li>
        ))}
      </ul>
      {/* The canvas takes its other colours from these. */}
      <span ref={toolsRef} aria-hidden="true" className="hidden">
        <span className="bg-line" />
        <span className="bg-raised" />
      </span>
    </div>
  );
}
