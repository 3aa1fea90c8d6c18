// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The server's JSON API, which lies beside this page.

/** Something that the server, or the way to it, said instead of an answer. `status` 0: nothing was said. */
export class ApiError extends Error {
  constructor(status, message, retryAfter = 0) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

// Not relative to document.baseURI: a name and password in the page's address would be in there, and no browser
// asks for such an address.
const ROOT = new URL('api/v1/', location.origin + location.pathname);
const DEADLINE = 15000;

/** The address of a resource; parameters without a value are left out. */
function address(path, parameters = {}) {
  const url = new URL(path.map(encodeURIComponent).join('/'), ROOT);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '' && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

async function send(url, options, signal) {
  let response;
  try {
    const signals = [AbortSignal.timeout(DEADLINE)];
    if (signal) signals.push(signal);
    response = await fetch(url, {
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.any(signals),
      ...options,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The server cannot be reached.');
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    if (signal?.aborted) throw signal.reason;
  }
  if (response.ok && body !== null) return body;
  throw new ApiError(
    response.ok ? 502 : response.status,
    body?.error ?? `The server said ${response.status}.`,
    Number(response.headers.get('Retry-After')) || 0,
  );
}

/** GET. `path` in parts, which need not be escaped. Throws ApiError, or what `signal` was aborted with. */
export function get(path, parameters, signal) {
  return send(address(path, parameters), {headers: {Accept: 'application/json'}}, signal);
}

let me = null;

/** Who is signed in, where, and the token that proves to the server that a POST comes from its own page. */
export async function whoAmI(anew = false) {
  if (!me || anew) me = await get(['me']);
  return me;
}

async function postOnce(path, token) {
  return send(address(path), {
    method: 'POST',
    headers: {Accept: 'application/json', 'Content-Type': 'application/json', 'X-Liveness-Token': token},
    body: '{}',
  });
}

/** POST. A token is only good until the plugin is loaded anew, so a refused one is fetched once more. */
export async function post(path) {
  const {token} = await whoAmI();
  try {
    return await postOnce(path, token);
  } catch (error) {
    if (error.status !== 403) throw error;
    const fresh = (await whoAmI(true)).token;
    if (fresh === token) throw error;
    return postOnce(path, fresh);
  }
}
