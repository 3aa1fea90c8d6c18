// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A table whose rows stay who they are while what they say changes: they are known by their keys, so that focus,
// selection and the place that somebody looks at survive each new answer of the server.
import {element, setAttribute} from './dom.js';
import {icon} from './icons.js';

export class LiveTable {
  /**
   * `columns`: {key, title, sort?: name, make(cell), update(cell, row, at)}; with `sort`, `onSort(name)` is
   * called when its header is pressed. `keyOf(row)`: the row's name.
   */
  constructor({caption, columns, keyOf, onSort}) {
    this.columns = columns;
    this.keyOf = keyOf;
    this.rows = new Map();
    this.heads = columns.map((column) => this.head(column, onSort));
    this.body = element('tbody', {role: 'rowgroup'});
    // The roles are said because cards, on a narrow screen, are no table to a browser.
    this.node = element(
      'table',
      {class: 'live-table', role: 'table'},
      element('caption', {class: 'unseen-label'}, caption),
      element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, this.heads)),
      this.body,
    );
  }

  head(column, onSort) {
    const cell = element('th', {scope: 'col', role: 'columnheader', class: `col-${column.key}`});
    if (!column.sort) {
      cell.append(column.title);
      return cell;
    }
    cell.append(
      element(
        'button',
        {type: 'button', class: 'sort', on: {click: () => onSort(column.sort)}},
        element('span', {}, column.title),
        element('span', {class: 'sort-mark'}, icon('up'), icon('down')),
      ),
    );
    return cell;
  }

  /** Says in the headers by what the rows are sorted. */
  showSort(sort, descending) {
    this.columns.forEach((column, i) => {
      const direction = descending ? 'descending' : 'ascending';
      if (column.sort) setAttribute(this.heads[i], 'aria-sort', column.sort === sort ? direction : 'none');
    });
  }

  /** `at`: when the rows were told (performance.now()). */
  show(rows, at) {
    const wanted = new Map(rows.map((row) => [this.keyOf(row), row]));
    for (const [key, line] of this.rows) {
      if (wanted.has(key)) continue;
      line.remove();
      this.rows.delete(key);
    }
    const lines = [];
    for (const [key, row] of wanted) {
      const line = this.rows.get(key) ?? this.line(key);
      this.columns.forEach((column, i) => column.update(line.cells[i].firstChild, row, at, line));
      lines.push(line);
    }
    this.arrange(lines);
  }

  line(key) {
    const cells = this.columns.map((column) => {
      const box = element('div', {class: 'cell'});
      column.make?.(box);
      return element('td', {role: 'cell', class: `col-${column.key}`, 'data-title': column.title}, box);
    });
    const line = element('tr', {role: 'row'}, cells);
    this.rows.set(key, line);
    return line;
  }

  /**
   * Puts the rows in order and moves as few as that takes: what is moved loses focus and selection. So the row in
   * which something is selected stays, and the others move around it.
   */
  arrange(lines) {
    const focused = document.activeElement;
    const before = new Map(Array.from(this.body.rows, (line, place) => [line, place]));
    const pin = lines.indexOf(this.heldLine());
    const place = before.get(lines[pin]);
    const fits = (line, i) => pin < 0 || Math.sign(i - pin) === Math.sign(before.get(line) - place);
    const staying = longestRise(lines.filter(fits), (line) => before.get(line));
    let next = null;
    for (const line of lines.slice().reverse()) {
      if (!staying.has(line)) this.body.insertBefore(line, next);
      next = line;
    }
    if (focused !== document.activeElement && this.body.contains(focused))
      focused.focus({preventScroll: true});
  }

  /** The row that the viewer has selected something in, or else is at with the keyboard. */
  heldLine() {
    const selection = getSelection();
    const node = selection.isCollapsed ? document.activeElement : selection.anchorNode;
    return this.body.contains(node) ? (node.closest ? node : node.parentElement).closest('tr') : null;
  }
}

/** The members of a longest subsequence whose places rise; a new one has no place. */
function longestRise(items, placeOf) {
  const tails = [];
  const previous = new Map();
  for (const item of items) {
    const place = placeOf(item);
    if (place === undefined) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (placeOf(tails[middle]) < place) low = middle + 1;
      else high = middle;
    }
    previous.set(item, tails[low - 1]);
    tails[low] = item;
  }
  const members = new Set();
  for (let item = tails[tails.length - 1]; item; item = previous.get(item)) members.add(item);
  return members;
}
