// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Sessions and users that nobody ever was, the same ones each time.

const WORDS = [
  '',
  '',
  '',
  'in a meeting',
  'back on Monday',
  'out to lunch',
  '\u00e0 bient\u00f4t',
  '\u4f1a\u8b70\u4e2d',
  'writing code',
];
const RESOURCES = ['phone', 'laptop', 'Gajim.7F2K', 'Conversations.qx81', 'dino', 'work', 'tablet', 'web'];
const NAMES = [
  'romeo',
  'juliet',
  'mercutio',
  'tybalt',
  'benvolio',
  'nurse',
  'paris',
  'rosaline',
  'laurence',
  'escalus',
];

/** A client that would like to be more than text. */
export const HOSTILE = [
  '<script>window.harmed = 1</script>',
  '"><img src=x onerror="window.harmed = 2">',
  '\u202egnp.exe\u202c and \u2066more\u2069',
  '{{constructor.constructor("window.harmed = 3")()}}',
  'javascript:window.harmed = 4',
  '\u0000\u0007\u001b[31m\u200bnothing to see',
  '&lt;b&gt; &amp;amp; <b>bold</b>',
  'Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309a\u030a\u030b\u030c\u030d\u030elgo',
  'w'.repeat(1023),
];

function random(seed) {
  let state = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
  };
}

export function sessionOf(n, now, chance = random(n + 1)) {
  const pick = (from) => from[Math.floor(chance() * from.length)];
  const roll = chance();
  const state = roll < 0.93 ? 'reachable' : roll < 0.955 ? 'suspect' : 'held';
  const silence =
    state === 'reachable' ? chance() * 170 : state === 'suspect' ? 180 + chance() * 170 : chance() * 900;
  const user = `${NAMES[n % NAMES.length]}${n < NAMES.length ? '' : Math.floor(n / NAMES.length)}@example.com`;
  const resource = pick(RESOURCES);
  const available = chance() < 0.97;
  const resumable = state === 'held' || chance() < 0.6;
  const at = (secondsAgo) => new Date(now - secondsAgo * 1000).toISOString();
  return {
    id: String(4294967296 + n),
    jid: `${user}/${resource}`,
    user,
    resource,
    state,
    state_since: at(silence / 2),
    transport: pick(['tcp', 'tcp', 'tcp', 'websocket', 'bosh']),
    opened_at: at(silence + chance() * 90000),
    last_heard_at: at(silence),
    silence,
    probes_unanswered: state === 'suspect' ? 1 : 0,
    probes_sent: Math.floor(chance() * 40),
    round_trip: chance() < 0.8 ? 0.004 + chance() ** 4 * 2 : null,
    available,
    show: pick(['online', 'online', 'online', 'away', 'xa', 'dnd', 'chat']),
    status: pick(WORDS),
    priority: 5,
    managed: resumable,
    resumable,
    inactive: chance() < 0.2,
    doubted: false,
    idle_timeout: 360,
    held_because: state === 'held' ? 'connection_lost' : null,
    shown: state === 'held' && silence > 60 ? 'unavailable' : null,
    next:
      state === 'reachable'
        ? 'probe'
        : state === 'suspect'
          ? 'time_out'
          : silence > 60
            ? 'nothing'
            : 'show_held',
    next_in:
      state === 'held' && silence > 60
        ? null
        : state === 'reachable'
          ? 180 - silence
          : state === 'held'
            ? 60 - silence
            : 360 - silence,
  };
}

export function sessionsOf(count, now) {
  return Array.from({length: count}, (_, n) => sessionOf(n, now));
}

export function hostileSession(text, n, now) {
  const session = sessionOf(1000000 + n, now);
  return {
    ...session,
    resource: text,
    jid: `${session.user}/${text}`,
    status: text,
    available: true,
    state: 'reachable',
  };
}

export function awayOf(count, now) {
  const causes = [
    'logged_out',
    'connection_lost',
    'timed_out',
    'replaced',
    'kicked',
    'hold_expired',
    'server_stopped',
    'server_crashed',
  ];
  return Array.from({length: count}, (_, n) => {
    const chance = random(n + 77);
    const cause = causes[Math.floor(chance() ** 2 * causes.length)];
    const left = now - chance() ** 3 * 40 * 86400000;
    return {
      jid: `away${n}@example.com`,
      last_heard_at: new Date(left - (cause === 'timed_out' ? 360000 : 500)).toISOString(),
      logged_out_at: new Date(left).toISOString(),
      cause,
      evidence: cause === 'timed_out' ? (chance() < 0.5 ? 'network_gone' : 'client_silent') : '',
      resource: RESOURCES[n % RESOURCES.length],
      status: WORDS[n % WORDS.length],
    };
  });
}

export function seriesOf(span, now) {
  const step = span === 3600 ? 10 : 60;
  const length = span / step;
  const chance = random(span);
  const numbers = (words) => Array.from({length}, (_, i) => Math.round(words(i)));
  const wave = (i) => 1180 + 90 * Math.sin((i / length) * 5) + chance() * 8;
  return {
    now: new Date(now).toISOString(),
    step,
    at: Array.from({length}, (_, i) => new Date(now - (length - 1 - i) * step * 1000).toISOString()),
    sessions: {
      reachable: numbers(wave),
      suspect: numbers((i) => 6 + (i > length * 0.6 && i < length * 0.66 ? 160 : 0) + chance() * 6),
      held: numbers((i) => 90 + 25 * Math.cos((i / length) * 7) + chance() * 6),
    },
    logouts: {
      logged_out: numbers(() => chance() * 2.2),
      connection_lost: numbers(() => chance() * 1.1),
      timed_out: numbers((i) => (i > length * 0.64 && i < length * 0.68 ? 8 : chance() * 0.7)),
      replaced: numbers(() => chance() * 0.6),
      kicked: numbers(() => chance() * 0.51),
      hold_expired: numbers(() => chance() * 0.6),
      server_stopped: numbers(() => 0),
      server_crashed: numbers(() => 0),
    },
    probes: {
      sent: numbers(() => 4 + chance() * 5),
      answered: numbers(() => 4 + chance() * 4),
      saved: numbers(() => 30 + chance() * 10),
    },
    round_trips: {
      bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
      counts: [3, 42, 311, 702, 518, 260, 120, 61, 22, 9, 4, 1, 0],
    },
  };
}
