// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The plugin's HTTP side, made up: serves the page with the headers that the real one sends, and answers its
// questions out of lists that a test may change. For what a real server does not do on demand: 100,000 sessions,
// no answer, a sign-in that ends.
import {createServer} from 'node:http';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {awayOf, seriesOf, sessionsOf} from './made_up_users.js';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CREDENTIALS = 'Basic ' + Buffer.from('admin@example.com:secret').toString('base64');
const SORT_FIELDS = {
  jid: 'jid',
  resource: 'resource',
  state: 'state',
  heard: 'last_heard_at',
  round_trip: 'round_trip',
  presence: 'show',
  transport: 'transport',
  next: 'next_in',
  opened: 'opened_at',
  last_heard: 'last_heard_at',
  logged_out: 'logged_out_at',
  cause: 'cause',
};

export class FakeServer {
  /** `page`: the folder with index.html. */
  constructor(page, {sessions = 40, away = 300} = {}) {
    this.page = page;
    this.began = Date.now();
    this.sessions = sessionsOf(sessions, this.began);
    this.users = awayOf(away, this.began);
    this.timelines = new Map();
    this.refusal = null; // {status, error, headers}: what every question is answered with
    this.posts = [];
    this.asked = [];
    this.http = createServer((request, response) => this.serve(request, response));
  }

  async listen(port = 0) {
    await new Promise((resolve) => this.http.listen(port, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.http.address().port}`;
    return this;
  }

  /** Takes no more connections, and drops those that there are: what a dead server looks like. */
  close() {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }

  async serve(request, response) {
    const url = new URL(request.url, this.origin);
    this.asked.push(url.pathname + url.search);
    const say = (status, body, headers = {}) => {
      response.writeHead(status, {
        'Content-Security-Policy': CSP,
        'X-Content-Type-Options': 'nosniff',
        ...headers,
      });
      response.end(body);
    };
    const json = (status, value, headers = {}) =>
      say(status, JSON.stringify(value), {'Content-Type': 'application/json', ...headers});
    if (request.headers.authorization !== CREDENTIALS) {
      return json(401, {error: 'sign in'}, {'WWW-Authenticate': 'Basic realm="Liveness"'});
    }
    if (!url.pathname.startsWith('/liveness/')) return json(404, {error: 'nothing here'});
    const name = url.pathname.slice('/liveness/'.length) || 'index.html';
    if (!name.startsWith('api/v1/')) {
      try {
        say(200, await readFile(path.join(this.page, name)), {
          'Content-Type': TYPES[path.extname(name)] ?? 'text/plain',
        });
      } catch {
        json(404, {error: 'no such file'});
      }
      return undefined;
    }
    if (this.refusal) return json(this.refusal.status, {error: this.refusal.error}, this.refusal.headers);
    const parts = name.slice('api/v1/'.length).split('/').map(decodeURIComponent);
    const [status, value] =
      request.method === 'POST'
        ? this.post(parts, request)
        : this.get(parts, Object.fromEntries(url.searchParams));
    return json(status, value);
  }

  now() {
    return new Date().toISOString();
  }

  get([what, name], query) {
    const now = this.now();
    switch (what) {
      case 'me':
        return [
          200,
          {user: 'admin@example.com', host: 'example.com', version: '0.1.0', token: this.token ?? 'token'},
        ];
      case 'stats':
        return [
          200,
          {
            now,
            sessions: Object.fromEntries(
              ['reachable', 'suspect', 'held'].map((state) => [
                state,
                this.sessions.filter((session) => session.state === state).length,
              ]),
            ),
          },
        ];
      case 'series':
        return [200, seriesOf(Number(query.span), Date.now())];
      case 'sessions':
        return name === undefined ? this.listSessions(query, now) : this.session(name, now);
      case 'users':
        return name === undefined ? this.listUsers(query, now) : this.user(name, now);
      default:
        return [404, {error: 'no such resource'}];
    }
  }

  post([what, id, verb], request) {
    if (request.headers['x-liveness-token'] !== (this.token ?? 'token')) return [403, {error: 'wrong token'}];
    this.posts.push(`${what}/${id}/${verb}`);
    const session = this.sessions.find((one) => one.id === id);
    if (!session) return [404, {error: 'gone'}];
    if (verb === 'disconnect') this.sessions = this.sessions.filter((one) => one !== session);
    return [200, {done: true}];
  }

  /** What was silent then is more so now. */
  aged(session) {
    const passed = (Date.now() - this.began) / 1000;
    const left = session.next_in === null ? null : Math.max(0, session.next_in - passed);
    return {...session, silence: session.silence + passed, next_in: left};
  }

  listSessions(query, now) {
    if (query.state && !['reachable', 'suspect', 'held'].includes(query.state)) {
      return [400, {error: `state: '${query.state}' is none of reachable, suspect, held`}];
    }
    const text = (query.q ?? '').toLowerCase();
    const found = this.sessions.filter(
      (session) =>
        (!query.state || session.state === query.state) &&
        (!query.transport || session.transport === query.transport) &&
        (!query.user || session.user === query.user) &&
        (!text || session.jid.toLowerCase().includes(text) || session.status.toLowerCase().includes(text)),
    );
    return [
      200,
      {
        now,
        total: this.sessions.length,
        ...page(found, query),
        sessions: part(found, query).map((one) => this.aged(one)),
      },
    ];
  }

  session(id, now) {
    const session = this.sessions.find((one) => one.id === id);
    const timeline =
      this.timelines.get(id) ??
      (session
        ? [
            {at: session.opened_at, event: 'opened'},
            {at: session.opened_at, event: 'available'},
            {at: session.last_heard_at, event: 'probed'},
            {at: session.last_heard_at, event: 'answered', round_trip: 0.0123},
          ]
        : null);
    if (!timeline) return [404, {error: 'no such session'}];
    return [
      200,
      {
        now,
        session: session ? this.aged(session) : null,
        timeline,
        why: session
          ? [`${session.jid} is ${session.state}.`, 'It may be silent for 6 min (idle_timeout).']
          : [],
      },
    ];
  }

  listUsers(query, now) {
    const found = this.users.filter(
      (user) =>
        (!query.cause || user.cause === query.cause) &&
        (!query.q || user.jid.includes(query.q.toLowerCase())),
    );
    return [200, {now, ...page(found, query), users: part(found, query)}];
  }

  user(jid, now) {
    const seen = this.users.find((user) => user.jid === jid) ?? null;
    return [
      200,
      {
        now,
        jid,
        online: this.sessions.some((session) => session.user === jid),
        available: this.sessions.filter((session) => session.user === jid).length,
        held: 0,
        hidden: 0,
        last_heard_at: null,
        last_seen: seen,
        history: seen ? [seen, ...this.users.slice(0, 12)] : [],
      },
    ];
  }
}

const page = (found, {offset, limit}) => ({
  matched: found.length,
  offset: Number(offset ?? 0),
  limit: Number(limit ?? 50),
});

function part(found, {sort, order, offset = 0, limit = 50}) {
  const field = SORT_FIELDS[sort] ?? 'jid';
  const turn = order === 'desc' ? -1 : 1;
  const sorted = found
    .slice()
    .sort((a, b) => turn * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0));
  return sorted.slice(Number(offset), Number(offset) + Number(limit));
}
