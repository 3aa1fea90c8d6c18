// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What the views of many have in common: a search, filters, a table that sorts, pages, and the address that says
// all of it, so that a view can be kept as a bookmark or sent to somebody.
import {element, setAttribute, setText} from './dom.js';
import {LiveTable} from './live_table.js';
import {Pager} from './pager.js';
import {Poll} from './poll.js';
import * as route from './route.js';

const TYPING_PAUSE = 200;
let ids = 0;

export class ListView {
  /**
   * `what`: {view, title, caption, columns, keyOf, rowsOf(answer), ask(parameters, signal), period, sorts,
   * filters: nodes, filterNames, empty: words, defaults: {sort, order}, search: label, onAnswer}.
   */
  constructor(main, what) {
    this.what = what;
    const id = `list-${++ids}`;
    this.search = element('input', {
      type: 'search',
      id: `${id}-q`,
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: 200,
      placeholder: what.search,
      on: {input: () => this.onTyping()},
    });
    this.sortBy = element(
      'select',
      {id: `${id}-sort`, on: {change: () => this.onSortSelected()}},
      what.columns
        .filter((column) => column.sort)
        .flatMap((column) => [
          element('option', {value: `${column.sort} asc`}, `${column.title}, rising`),
          element('option', {value: `${column.sort} desc`}, `${column.title}, falling`),
        ]),
    );
    this.table = new LiveTable({
      caption: what.caption,
      columns: what.columns,
      keyOf: what.keyOf,
      onSort: (sort) => this.onSort(sort),
    });
    this.tableBox = element('div', {class: 'table-box', hidden: true}, this.table.node);
    this.pager = new Pager((changes) => this.change(changes));
    this.empty = element('p', {class: 'empty', hidden: true});
    this.problem = element('p', {class: 'problem', role: 'alert', hidden: true});
    this.heading = element('h1', {tabindex: '-1'}, what.title);
    main.replaceChildren(
      element(
        'section',
        {class: `view view-${what.view}`},
        element(
          'div',
          {class: 'head'},
          this.heading,
          element(
            'div',
            {class: 'field search', role: 'search'},
            element('label', {for: `${id}-q`, class: 'unseen-label'}, what.search),
            this.search,
          ),
        ),
        element(
          'div',
          {class: 'filters'},
          what.filters,
          element(
            'div',
            {class: 'field narrow-only'},
            element('label', {for: `${id}-sort`}, 'Sort by'),
            this.sortBy,
          ),
        ),
        this.problem,
        this.tableBox,
        this.empty,
        this.pager.node,
      ),
    );
  }

  open(parameters) {
    this.update(parameters);
    this.poll = new Poll(
      this.what.period,
      (signal) => this.what.ask(this.question(), signal),
      (answer, at) => this.show(answer, at),
      (error) => this.refused(error),
    );
  }

  /** The address has changed. */
  update(parameters) {
    this.parameters = parameters;
    const {sort, order} = this.sorted();
    this.table.showSort(sort, order === 'desc');
    this.sortBy.value = `${sort} ${order}`;
    if (document.activeElement !== this.search) this.search.value = parameters.get('q') ?? '';
    this.what.onParameters?.(parameters);
    this.poll?.now();
  }

  close() {
    clearTimeout(this.typing);
    this.poll.close();
  }

  sorted() {
    const sort = this.parameters.get('sort') ?? this.what.defaults.sort;
    return {
      sort,
      order: this.parameters.get('order') ?? (this.parameters.has('sort') ? 'asc' : this.what.defaults.order),
    };
  }

  question() {
    const {limit, offset} = this.pager.range(this.parameters);
    const question = {q: this.parameters.get('q') ?? '', ...this.sorted(), offset, limit};
    for (const name of this.what.filterNames) question[name] = this.parameters.get(name) ?? '';
    return question;
  }

  /** Goes to the same view with other parameters; without saying otherwise, to its first page. */
  change(changes, quietly = false) {
    const parameters = {...Object.fromEntries(this.parameters), page: '', ...changes};
    route.go(route.format(this.what.view, '', parameters), quietly);
  }

  onTyping() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.change({q: this.search.value.trim()}, true), TYPING_PAUSE);
  }

  onSort(sort) {
    const now = this.sorted();
    const falling =
      now.sort === sort ? now.order === 'asc' : this.what.columns.find((c) => c.sort === sort).falling;
    this.change({sort, order: falling ? 'desc' : 'asc'}, true);
  }

  onSortSelected() {
    const [sort, order] = this.sortBy.value.split(' ');
    this.change({sort, order}, true);
  }

  show(answer, at) {
    this.problem.hidden = true;
    const rows = this.what.rowsOf(answer);
    if (rows.length === 0 && answer.matched > 0 && answer.offset > 0) {
      this.change({page: this.pager.lastPage(answer)}, true);
      return;
    }
    this.table.show(rows, at);
    this.pager.show(answer, rows.length);
    this.tableBox.hidden = rows.length === 0;
    this.empty.hidden = rows.length > 0;
    setAttribute(this.table.node, 'aria-rowcount', answer.matched + 1);
    setText(this.empty, this.filtered() ? this.what.noMatch : this.what.empty);
    this.what.onAnswer?.(answer, at);
  }

  filtered() {
    return ['q', ...this.what.filterNames].some((name) => this.parameters.get(name));
  }

  /** The server did not understand the address: somebody wrote it by hand. */
  refused(error) {
    if (error.status !== 400) return false;
    this.problem.hidden = false;
    setText(this.problem, `The server does not understand this address: ${error.message}`);
    return true;
  }
}
