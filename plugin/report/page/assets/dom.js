// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Elements are made here and nowhere else, from text only: nothing that a client said is ever read as HTML.

/**
 * An element with attributes and children. Children are nodes, texts, or nothing (null, undefined, false).
 * `on` holds listeners by event; an attribute that is false, null or undefined is left out.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  const {on = {}, ...rest} = attributes;
  for (const [key, value] of Object.entries(rest)) setAttribute(made, key, value);
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  append(made, children);
  return made;
}

/** Sets, changes or takes away an attribute; touches nothing where that is how it is already. */
export function setAttribute(node, key, value) {
  if (value === false || value === null || value === undefined) {
    if (node.hasAttribute(key)) node.removeAttribute(key);
    return;
  }
  const text = value === true ? '' : String(value);
  if (node.getAttribute(key) !== text) node.setAttribute(key, text);
}

/** Sets a text; touches nothing where it is there already, so that what the viewer has selected stays so. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child);
  }
}

/** The head of a table, with a title for each column. */
export const tableHead = (titles) =>
  element(
    'thead',
    {},
    element(
      'tr',
      {},
      titles.map((title) => element('th', {scope: 'col'}, title)),
    ),
  );

/** Puts new children in, where `key` is another than the last time. Answers whether it did. */
export function fill(node, key, make) {
  if (node.filledWith === key) return false;
  node.filledWith = key;
  node.replaceChildren();
  append(node, [make()]);
  return true;
}
