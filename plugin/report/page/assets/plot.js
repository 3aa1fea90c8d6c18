// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// One plot: a drawing, a legend that switches its lines on and off, a sentence that sums it up, and the same as a
// table for who cannot see it.
import {element, setAttribute, setText, tableHead} from './dom.js';
import {draw, themeOf} from './drawing.js';
import {icon} from './icons.js';

export class Plot {
  /**
   * `what`: {title, kind: 'area', 'line' or 'bar', stacked, ticks: 'time' or 'text', unit,
   * series: [{name, title, colour, icon?, dash?}], read(answer) -> {xs, rows: {name: numbers}, totals, step},
   * sum(data) -> text, label(x, data) -> text}.
   */
  constructor(what) {
    this.what = what;
    this.hidden = new Set();
    this.canvas = element('canvas', {
      role: 'img',
      'aria-label': `${what.title}, drawn; told as a table below`,
    });
    this.legend = new Map(what.series.map((one) => [one.name, this.legendButton(one)]));
    this.sum = element('p', {class: 'plot-sum'});
    this.table = element('div', {
      class: 'table-box plot-table',
      tabindex: '0',
      role: 'region',
      'aria-label': `${what.title}, as a table`,
    });
    this.more = element(
      'details',
      {on: {toggle: () => this.tell()}},
      element('summary', {}, 'As a table'),
      this.table,
    );
    this.node = element(
      'figure',
      {class: 'card plot'},
      element('figcaption', {}, element('h2', {}, what.title), this.sum),
      element(
        'div',
        {class: 'legend', role: 'group', 'aria-label': 'Shown'},
        what.series.length > 1 ? [...this.legend.values()] : null,
      ),
      element('div', {class: 'canvas-box'}, this.canvas),
      this.more,
    );
  }

  legendButton({name, title, icon: shape, colour}) {
    return element(
      'button',
      {
        type: 'button',
        class: `legend-entry colour-${colour}`,
        'aria-pressed': 'true',
        on: {click: () => this.toggle(name)},
      },
      icon(shape ?? 'swatch'),
      element('span', {}, title),
      element('span', {class: 'count'}),
    );
  }

  /** `span`: of how many seconds the answer tells, where the server has run for so long. */
  show(answer, span) {
    const now = new Date(answer.now).getTime();
    this.data = {...this.what.read(answer), from: now - span * 1000, to: now};
    if (this.data.xs.length === 0) {
      setText(this.sum, 'Nothing was measured yet.');
      return;
    }
    setText(this.sum, this.what.sum(this.data));
    for (const {name} of this.what.series) setText(this.legend.get(name).lastChild, this.data.totals[name]);
    this.draw();
    this.tell();
  }

  async draw() {
    const series = this.what.series.filter(({name}) => !this.hidden.has(name));
    const chart = await draw(this.canvas, this.chart, this.what, this.data, series, themeOf(this.node));
    if (this.closed) chart.destroy();
    else this.chart = chart;
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    setAttribute(this.legend.get(name), 'aria-pressed', String(!this.hidden.has(name)));
    this.repaint();
  }

  repaint() {
    if (this.data?.xs.length > 0) this.draw();
  }

  close() {
    this.closed = true;
    this.chart?.destroy();
  }

  /** The table is only made while it is open: it may have hundreds of lines. */
  tell() {
    if (!this.more.open || !this.data) return;
    const {series, label} = this.what;
    const {xs, rows} = this.data;
    const lines = xs.map((x, i) =>
      element(
        'tr',
        {},
        element('th', {scope: 'row'}, label(x, this.data)),
        series.map(({name}) => element('td', {}, rows[name][i] === null ? '\u2013' : String(rows[name][i]))),
      ),
    );
    if (this.what.ticks === 'time') lines.reverse();
    this.table.replaceChildren(
      element(
        'table',
        {class: 'plain-table'},
        tableHead([this.what.across, ...series.map(({title}) => title)]),
        element('tbody', {}, lines),
      ),
    );
  }
}
