// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Draws with Chart.js, which comes with the page and is loaded when the first plot is looked at.
import {clockShort, day, number} from './spans.js';
import {element} from './dom.js';

const MINUTE = 60000;
const TICK_STEPS = [1, 5, 10, 15, 30, 60, 120, 180, 240, 360].map((minutes) => minutes * MINUTE);

let loading = null;

function chartJs() {
  loading ??= new Promise((resolve, reject) => {
    const script = element('script', {
      src: 'assets/chart.min.js',
      on: {
        load: () => resolve(window.Chart),
        error: () => reject(new Error('assets/chart.min.js does not load')),
      },
    });
    document.head.append(script);
  });
  return loading;
}

/** The colours of the page as they are now, light or dark. */
export function themeOf(node) {
  const style = getComputedStyle(node);
  return {colour: (name) => style.getPropertyValue(`--${name}`).trim(), font: style.fontFamily};
}

/** Draws anew, or changes the `chart` that is there. Resolves to the chart. */
export async function draw(canvas, chart, what, data, series, theme) {
  const Chart = await chartJs();
  const shape = {
    datasets: series.map((one) => dataset(one, what, data, theme)),
    labels: data.xs.map(twoLines),
  };
  const options = optionsOf(what, data, theme);
  const present = chart ?? Chart.getChart(canvas);
  if (!present) return new Chart(canvas, {type: what.kind === 'bar' ? 'bar' : 'line', data: shape, options});
  present.data = shape;
  present.options = options;
  present.update('none');
  return present;
}

function dataset({name, title, colour, dash}, what, data, theme) {
  const ink = theme.colour(colour);
  const points =
    what.ticks === 'time' ? data.xs.map((x, i) => ({x, y: data.rows[name][i]})) : data.rows[name];
  const common = {label: title, data: points, borderColor: ink, spanGaps: false};
  if (what.kind === 'bar') {
    return {
      ...common,
      backgroundColor: ink,
      borderWidth: 0,
      categoryPercentage: 0.92,
      barPercentage: 0.92,
      borderRadius: 1,
    };
  }
  return {
    ...common,
    borderWidth: 1.6,
    borderDash: dash,
    pointRadius: data.xs.length > 1 ? 0 : 3,
    pointHitRadius: 8,
    fill: what.kind === 'area' ? 'stack' : false,
    backgroundColor: what.kind === 'area' ? hatch(name, ink, theme) : ink,
  };
}

/** A length of time as a label of two lines, its unit on the second: many fit beside each other then. */
function twoLines(x) {
  if (typeof x !== 'string') return x;
  const at = x.lastIndexOf(' ');
  return [x.slice(0, at), x.slice(at + 1)];
}

/** A plain tint for what is well; stripes, of one direction each, for the others. */
function hatch(name, ink, theme) {
  const size = 8;
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  pen.fillStyle = theme.colour('surface');
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = pen.strokeStyle = ink;
  pen.globalAlpha = 0.28;
  pen.fillRect(0, 0, size, size);
  if (name === 'reachable') return pen.createPattern(tile, 'repeat');
  pen.globalAlpha = 0.75;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, name === 'held' ? 0 : size);
    pen.lineTo(shift + size, name === 'held' ? size : 0);
  }
  pen.stroke();
  return pen.createPattern(tile, 'repeat');
}

function optionsOf(what, data, theme) {
  const font = {family: theme.font, size: 12};
  const grid = {color: theme.colour('line'), drawBorder: false};
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    normalized: true,
    interaction: {mode: 'index', intersect: false, axis: 'x'},
    plugins: {
      legend: {display: false},
      tooltip: {
        backgroundColor: theme.colour('text'),
        titleColor: theme.colour('surface'),
        bodyColor: theme.colour('surface'),
        titleFont: font,
        bodyFont: font,
        boxPadding: 4,
        filter: (item) => item.parsed.y !== null,
        callbacks: {
          title: (items) =>
            items.length
              ? what.label(what.ticks === 'time' ? items[0].parsed.x : data.xs[items[0].dataIndex], data)
              : '',
        },
      },
    },
    scales: {
      x: {
        ...(what.ticks === 'time' ? timeScale(what, data) : {type: 'category'}),
        stacked: what.stacked,
        grid: {...grid, display: what.ticks === 'time', offset: false},
        border: {display: false},
        ticks: {
          font,
          color: theme.colour('muted'),
          maxRotation: 0,
          autoSkipPadding: what.ticks === 'time' ? 12 : 2,
          ...(what.ticks === 'time' ? {callback: tickWords} : {}),
        },
      },
      y: {
        beginAtZero: true,
        stacked: what.stacked,
        suggestedMax: 4,
        grid,
        ticks: {font, color: theme.colour('muted'), precision: 0, maxTicksLimit: 6, callback: number},
      },
    },
  };
}

/**
 * A linear scale of times whose ticks are at whole minutes and hours of the viewer's clock. All that was asked for is on
 * it, also where the server is too young to tell of it: what is new does not look as if it had always been so.
 */
function timeScale(what, data) {
  const half = what.kind === 'bar' ? data.step * 500 : 0;
  return {
    type: 'linear',
    min: Math.min(data.from, data.xs[0]) - half,
    max: Math.max(data.to, data.xs.at(-1)) + half,
    offset: false,
    afterBuildTicks: (axis) => {
      const most = Math.max(2, Math.floor(axis.width / 70));
      const step = TICK_STEPS.find((size) => (axis.max - axis.min) / size <= most) ?? TICK_STEPS.at(-1);
      const shift = new Date(axis.min).getTimezoneOffset() * MINUTE;
      axis.ticks = [];
      for (let t = Math.ceil((axis.min - shift) / step) * step + shift; t <= axis.max; t += step)
        axis.ticks.push({value: t});
    },
  };
}

function tickWords(value) {
  const date = new Date(value);
  return date.getHours() === 0 && date.getMinutes() === 0 ? day(date).slice(5) : clockShort(date);
}
