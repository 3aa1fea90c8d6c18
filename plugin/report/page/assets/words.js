// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The words for what the server tells by name. What is not known here is shown as it came.

export const STATES = {reachable: 'Reachable', suspect: 'Suspect', held: 'Held', gone: 'Gone'};

export const STATE_MEANINGS = {
  reachable: 'Heard within half of its idle timeout',
  suspect: 'Asked for a sign of life, and silent so far',
  held: 'Its connection is lost; the server keeps the session for it to resume',
  gone: 'Logged out',
};

export const CAUSES = {
  logged_out: 'Logged out',
  connection_lost: 'Connection lost',
  timed_out: 'Timed out',
  replaced: 'Replaced',
  kicked: 'Disconnected',
  hold_expired: 'Hold expired',
  server_stopped: 'Server stopped',
  server_crashed: 'Server crashed',
};

export const CAUSE_MEANINGS = {
  logged_out: 'The client said goodbye',
  connection_lost: 'The connection broke, or the client broke a rule of its stream',
  timed_out: 'Silent for its whole idle timeout, and logged out by the server',
  replaced: 'A newer session took its place',
  kicked: 'An administrator or a module of the server ended it',
  hold_expired: 'It was held, and did not come back in time, or could not be resumed any more',
  server_stopped: 'The server stopped in order',
  server_crashed: 'The server died without a word',
};

export const EVIDENCE = {network_gone: 'network gone', client_silent: 'client silent'};

export const EVIDENCE_MEANINGS = {
  network_gone: 'The machine did not acknowledge what was sent to it: its network is gone',
  client_silent: 'The machine acknowledged everything, its program said nothing',
};

export const TRANSPORTS = {tcp: 'TCP', websocket: 'WebSocket', bosh: 'BOSH'};

export const SHOWS = {
  online: 'Online',
  chat: 'Free to chat',
  away: 'Away',
  xa: 'Away for long',
  dnd: 'Do not disturb',
};

export const EVENTS = {
  opened: 'Connected',
  available: 'Came online',
  presence: 'Changed its presence',
  unavailable: 'Went offline',
  probed: 'Asked for a sign of life',
  answered: 'Answered',
  suspect: 'Turned suspect',
  held: 'Connection lost, session held',
  resumed: 'Resumed',
  shown_held: 'Shown to contacts as held',
  shown_again: 'Shown to contacts as before',
  inactive: 'Nobody is looking at it',
  active: 'Somebody is looking at it',
  timed_out: 'Timed out',
  disconnected: 'Disconnected by an administrator',
  closed: 'Ended',
};

export const word = (words, name) =>
  Object.hasOwn(words, name) ? words[name] : String(name ?? '').replaceAll('_', ' ');

/** What happens to a session next: the words before its time, or null for nothing. */
export function nextWords(session) {
  switch (session.next) {
    case 'probe':
      return 'Probe';
    case 'time_out':
      return session.resumable ? 'Hold' : 'Logout';
    case 'end':
      return 'End';
    case 'show_held':
      return 'Shown as held';
    default:
      return null;
  }
}
