// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Where the viewer is, as the address says it after its #: "#/sessions?state=suspect&sort=heard".

/** {view, subject, parameters}; `subject` is the session or the user that a view is of. */
export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [view, ...rest] = path.split('/');
  return {view: view || 'sessions', subject: decode(rest.join('/')), parameters: new URLSearchParams(query)};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function format(view, subject = '', parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '' && value !== null && value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return `#/${view}` + (subject ? `/${encodeURIComponent(subject)}` : '') + (text ? `?${text}` : '');
}

export const sessionLink = (id) => format('session', id);
export const userLink = (jid) => format('user', jid);

/** The address changes, and the view with it. `quietly`: without a new step for the browser's Back. */
export function go(hash, quietly = false) {
  if (location.hash === hash) return;
  if (!quietly) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
