import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

type ChartSeries = { label: string; values: number[] };
export type ChartData = { labels: string[]; series: ChartSeries[] };

/** Colours as the browser has computed them: a canvas knows no variables. */
export type ChartColours = { series: string[]; text: string; grid: string; surface: string };

type DrawnChart = { update: (data: ChartData) => void; destroy: () => void };

/** Bars within bars: each series is a part of the one before. */
const toDatasets = ({ series }: ChartData, colours: ChartColours) =>
  series.map(({ label, values }, index) => ({
    label,
    data: values,
    backgroundColor: colours.series[index] ?? colours.text,
    grouped: false,
    order: -index,
    borderRadius: 2,
    maxBarThickness: 36,
    // Narrower than the bar around it.
    barPercentage: 0.92 - index * 0.18,
    categoryPercentage: 0.95,
    minBarLength: 0,
  }));

/** Draws the chart. `read` is called again when the colours may have changed. */
export function drawChart(
  canvas: HTMLCanvasElement,
  data: ChartData,
  readColours: () => ChartColours,
): DrawnChart {
  const isStill = window.matchMedia("(prefers-reduced-motion: reduce)");
  // Options of one chart do not reach the labels of its axes.
  Chart.defaults.font.family = getComputedStyle(canvas).fontFamily;
  Chart.defaults.font.size = 12;
  let current = data;

  const optionsFor = (colours: ChartColours) => ({
    responsive: true,
    maintainAspectRatio: false,
    animation: isStill.matches ? (false as const) : { duration: 120 },
    interaction: { mode: "index" as const, intersect: false },
    scales: {
      x: {
        grid: { display: false },
        border: { color: colours.grid },
        ticks: { color: colours.text, maxRotation: 0, autoSkipPadding: 16 },
      },
      y: {
        beginAtZero: true,
        suggestedMax: 4,
        grid: { color: colours.grid },
        border: { display: false },
        ticks: { color: colours.text, precision: 0, maxTicksLimit: 6 },
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: colours.surface,
        titleColor: colours.text,
        bodyColor: colours.text,
        borderColor: colours.grid,
        borderWidth: 1,
        padding: 10,
        boxPadding: 4,
        // In the order of the steps, not of drawing.
        itemSort: (a: { datasetIndex: number }, b: { datasetIndex: number }) =>
          a.datasetIndex - b.datasetIndex,
      },
    },
  });

  const colours = readColours();
  const chart = new Chart(canvas, {
    type: "bar",
    data: { labels: data.labels, datasets: toDatasets(data, colours) },
    options: optionsFor(colours),
  });

  function redraw() {
    const newColours = readColours();
    chart.data = { labels: current.labels, datasets: toDatasets(current, newColours) };
    chart.options = optionsFor(newColours);
    chart.update("none");
  }

  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const systemTheme = window.matchMedia("(prefers-color-scheme: dark)");
  systemTheme.addEventListener("change", redraw);

  return {
    update(newData) {
      current = newData;
      redraw();
    },
    destroy() {
      themes.disconnect();
      systemTheme.removeEventListener("change", redraw);
      chart.destroy();
    },
  };
}
