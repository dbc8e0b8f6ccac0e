import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useClock } from '../parts/clock.tsx';
import { clockTime, type Zone } from '../parts/times.ts';

interface FlowChartProps {
  readonly name: string;
  /** ms since 1970 UTC, ascending. */
  readonly times: readonly number[];
  readonly counts: readonly number[];
  /** The place under the pointer, the same in all charts of the page. */
  readonly onPoint: (index: number | undefined) => void;
}

/** px: the picture and the axis below it. */
const height = 64;
const edge = 18;

/** One source's day as an area in ink. Its numbers stand in the table beside, so assistive technology skips it. */
export function FlowChart({ name, times, counts, onPoint }: FlowChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | undefined>(undefined);
  const data = useRef<UPlot.AlignedData>([[], []]);
  const { zone } = useClock();

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new UPlot(options(element, zone, onPoint), data.current, element);
    };
    draw();
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    document.addEventListener('themechange', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      document.removeEventListener('themechange', draw);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [zone, onPoint]);

  useEffect(() => {
    data.current = [times.map((time) => time / 1000), [...counts]];
    chart.current?.setData(data.current);
  }, [times, counts]);

  return <div ref={place} role="img" aria-label={`${name}, events of the last 24 hours`} style={{ height }} />;
}

function options(element: HTMLElement, zone: Zone, onPoint: FlowChartProps['onPoint']): UPlot.Options {
  const colour = paint(element);
  const { stepped } = UPlot.paths;
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    width: element.clientWidth,
    height,
    padding: [4, 0, 0, 0],
    legend: { show: false },
    tzDate: (seconds) =>
      zone === 'UTC' ? UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false },
      sync: { key: 'flow', setSeries: false },
    },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(1, most)] } },
    axes: [
      {
        stroke: colour('--color-ink-3'),
        font,
        size: 18,
        gap: 2,
        ticks: { show: false },
        grid: { stroke: colour('--color-line'), width: 1 },
        space: 72,
        incrs: [3600, 3 * 3600, 6 * 3600],
        // A label that the edge would cut is left out.
        values: (self, splits) =>
          splits.map((seconds) => {
            const x = self.valToPos(seconds, 'x');
            return x < edge || x > self.width - edge ? '' : clockTime(seconds * 1000, zone);
          }),
      },
      { show: false },
    ],
    series: [
      {},
      {
        stroke: colour('--color-ink-2'),
        width: 1,
        fill: colour('--color-line'),
        points: { show: false },
        ...(stepped === undefined ? {} : { paths: stepped({ align: 1 }) }),
      },
    ],
    hooks: { setCursor: [(self) => onPoint(self.cursor.idx ?? undefined)] },
  };
}

/** Canvas knows no CSS variables: what the browser makes of them here and now. */
const paint = (element: HTMLElement) => {
  const probe = document.createElement('span');
  return (variable: string): string => {
    probe.style.color = `var(${variable})`;
    element.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
};
