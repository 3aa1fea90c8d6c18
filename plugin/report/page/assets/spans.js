// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Lengths of time, points in time and numbers, as people read them.

const NUMBERS = new Intl.NumberFormat('en');
export const number = (n) => NUMBERS.format(n);
export const counted = (n, one, many = one + 's') => `${number(n)} ${n === 1 ? one : many}`;

/** Two units at most, whole: "42 s", "5 min 12 s", "3 h 20 min", "4 d 3 h". */
export function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return two(s, 60, 'min', 1, 's');
  if (s < 86400) return two(s, 3600, 'h', 60, 'min');
  if (s < 86400 * 30) return two(s, 86400, 'd', 3600, 'h');
  return `${number(Math.floor(s / 86400))} d`;
}

function two(s, big, bigName, small, smallName) {
  const rest = Math.floor((s % big) / small);
  return `${Math.floor(s / big)} ${bigName}` + (rest > 0 ? ` ${rest} ${smallName}` : '');
}

export const ago = (seconds) => (seconds < 1 ? 'now' : `${span(seconds)} ago`);
export const inTime = (seconds) => (seconds < 1 ? 'now' : `in ${span(seconds)}`);

/** A round trip: three digits at most are worth something. */
export function roundTrip(seconds) {
  if (seconds < 0.01) return `${(seconds * 1e3).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1e3)} ms`;
  return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}

const pad = (n) => String(n).padStart(2, '0');

export const clock = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
export const clockShort = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}`;
export const day = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

/** In the viewer's time zone: "2026-11-23 04:40:02". */
export const dateTime = (date) => `${day(date)} ${clock(date)}`;

/** The same without the day where it is that of `now`. */
export const shortTime = (date, now) => (day(date) === day(now) ? clock(date) : dateTime(date));

/** For who looks twice: both the viewer's time and UTC. */
export function fullTime(date) {
  return `${dateTime(date)} (${date.toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
}

export function timeZone() {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const minutes = -new Date().getTimezoneOffset();
  const size = Math.abs(minutes);
  const offset =
    `UTC${minutes < 0 ? '\u2212' : '+'}${Math.floor(size / 60)}` + (size % 60 ? `:${pad(size % 60)}` : '');
  return minutes === 0 ? 'UTC' : `${name} (${offset})`;
}
