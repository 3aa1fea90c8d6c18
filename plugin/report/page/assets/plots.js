// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The four plots: what of the server's answer each of them shows, and how it is said in words.
import {CAUSES, STATES} from './words.js';
import {clock, clockShort, counted, day, number, roundTrip} from './spans.js';
import {Plot} from './plot.js';

const BARS = 60; // as many as can be told apart

const sumOf = (numbers) => numbers.reduce((sum, n) => sum + (n ?? 0), 0);
const last = (numbers) => numbers.findLast((n) => n !== null) ?? 0;
const times = (answer) => answer.at.map((at) => new Date(at).getTime());

/** The totals are of all that was told, whatever the drawing leaves out. */
const totals = (columns) =>
  Object.fromEntries(Object.entries(columns).map(([name, numbers]) => [name, number(sumOf(numbers))]));

const timeLabel = (x, {step}) => {
  const date = new Date(x);
  return step < 60 ? clock(date) : `${day(date)} ${clockShort(date)}`;
};

/**
 * What is counted in each step, in fewer and longer steps: whole multiples, so that bars stand still. The first one
 * is told only where all of it is; the last one, which is not over yet, only where it does not look like a fall.
 */
function gather(answer, columns, withLast) {
  const xs = times(answer);
  const many = Math.max(1, Math.ceil(xs.length / BARS));
  const step = answer.step * many;
  const slots = xs.map((x) => Math.floor(x / 1000 / step) * step * 1000);
  const merged = [...new Set(slots)];
  const sizeOf = (slot) => slots.filter((one) => one === slot).length;
  if (merged.length > 2 && sizeOf(merged[0]) < many) merged.shift();
  if (merged.length > 2 && !withLast && sizeOf(merged.at(-1)) < many) merged.pop();
  const rows = {};
  for (const [name, numbers] of Object.entries(columns)) {
    const sums = new Map();
    numbers.forEach((n, i) => {
      if (n !== null) sums.set(slots[i], (sums.get(slots[i]) ?? 0) + n);
    });
    rows[name] = merged.map((slot) => sums.get(slot) ?? null);
  }
  return {xs: merged, rows, step, totals: totals(columns), sums: columns};
}

/** Only what the plot has a series for; what the server does not tell is empty. */
const pick = (series, columns, length) =>
  Object.fromEntries(series.map(({name}) => [name, columns?.[name] ?? new Array(length).fill(null)]));

export function sessionsPlot() {
  const series = ['reachable', 'suspect', 'held'].map((name) => ({
    name,
    title: STATES[name],
    colour: name,
    icon: name,
  }));
  return new Plot({
    title: 'Sessions by state',
    kind: 'area',
    stacked: true,
    ticks: 'time',
    across: 'Time',
    series,
    label: timeLabel,
    read: (answer) => {
      const rows = pick(series, answer.sessions, answer.at.length);
      const latest = Object.fromEntries(series.map(({name}) => [name, number(last(rows[name]))]));
      return {xs: times(answer), rows, step: answer.step, totals: latest};
    },
    sum: ({rows, xs}) => {
      const whole = xs.map((_, i) => sumOf(series.map(({name}) => rows[name][i])));
      const most = whole.length ? Math.max(...whole) : 0;
      return `${counted(whole.at(-1) ?? 0, 'session')} at ${clock(new Date(xs.at(-1)))}; ${number(most)} at most.`;
    },
  });
}

export function logoutsPlot() {
  const colours = {
    logged_out: 'reachable',
    connection_lost: 'held',
    timed_out: 'suspect',
    replaced: 'other-1',
    kicked: 'other-2',
    hold_expired: 'other-3',
    server_stopped: 'gone',
    server_crashed: 'danger',
  };
  const series = Object.entries(colours).map(([name, colour]) => ({name, title: CAUSES[name], colour}));
  return new Plot({
    title: 'Logouts by cause',
    kind: 'bar',
    stacked: true,
    ticks: 'time',
    across: 'From',
    series,
    label: timeLabel,
    read: (answer) => gather(answer, pick(series, answer.logouts, answer.at.length), true),
    sum: ({sums: told}) => {
      const sums = series
        .map(({name, title}) => [sumOf(told[name]), title.toLowerCase()])
        .filter(([n]) => n > 0);
      if (sums.length === 0) return 'Nobody was logged out.';
      const parts = sums
        .sort((a, b) => b[0] - a[0])
        .slice(0, 3)
        .map(([n, title]) => `${number(n)} ${title}`);
      const all = counted(sumOf(sums.map(([n]) => n)), 'logout');
      return `${all}: ${parts.join(', ')}${sums.length > parts.length ? ' and others' : ''}.`;
    },
  });
}

export function roundTripsPlot() {
  return new Plot({
    title: 'Round trips',
    kind: 'bar',
    stacked: false,
    ticks: 'text',
    across: 'Answered within',
    series: [{name: 'count', title: 'Answers', colour: 'accent'}],
    label: (x) => x,
    read: ({round_trips: {bounds, counts}}) => ({
      xs: [...bounds.map((bound) => `\u2264 ${shortBound(bound)}`), `> ${shortBound(bounds.at(-1))}`],
      rows: {count: counts},
      bounds,
      totals: totals({count: counts}),
    }),
    sum: ({rows: {count}, bounds}) => {
      const all = sumOf(count);
      if (all === 0) return 'No answer was measured.';
      let below = 0;
      const at = count.findIndex((n) => (below += n) >= all / 2);
      const median =
        at < bounds.length
          ? `half of them within ${shortBound(bounds[at])}`
          : 'half of them took longer than that';
      return `${counted(all, 'answer')}, ${median}.`;
    },
  });
}

const shortBound = (seconds) => roundTrip(seconds).replace('.0', '');

export function probesPlot() {
  const series = [
    {name: 'sent', title: 'Sent', colour: 'suspect', icon: 'line'},
    {name: 'answered', title: 'Answered', colour: 'reachable', icon: 'dashes', dash: [6, 4]},
    {name: 'saved', title: 'Saved', colour: 'held', icon: 'dots', dash: [2, 3]},
  ];
  return new Plot({
    title: 'Probes',
    kind: 'line',
    stacked: false,
    ticks: 'time',
    across: 'From',
    series,
    label: timeLabel,
    read: (answer) => gather(answer, pick(series, answer.probes, answer.at.length), false),
    sum: ({sums: {sent, answered, saved}}) =>
      `${number(sumOf(sent))} sent, ${number(sumOf(answered))} answered; ` +
      `${number(sumOf(saved))} not needed, as the client was heard in time.`,
  });
}
