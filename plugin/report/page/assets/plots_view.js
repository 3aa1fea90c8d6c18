// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What happened over the last hour or day.
import {element, setAttribute} from './dom.js';
import {get} from './api.js';
import {logoutsPlot, probesPlot, roundTripsPlot, sessionsPlot} from './plots.js';
import {Poll} from './poll.js';
import * as route from './route.js';

const SPANS = [
  ['3600', 'Last hour'],
  ['86400', 'Last day'],
];

export class PlotsView {
  constructor(main) {
    this.title = 'Plots';
    this.plots = [sessionsPlot(), logoutsPlot(), roundTripsPlot(), probesPlot()];
    this.spans = SPANS.map(([span, title]) =>
      element(
        'button',
        {
          type: 'button',
          class: 'choice',
          'data-span': span,
          on: {click: () => route.go(route.format('plots', '', {span}))},
        },
        title,
      ),
    );
    main.replaceChildren(
      element(
        'section',
        {class: 'view view-plots'},
        element(
          'div',
          {class: 'head'},
          element('h1', {tabindex: '-1'}, 'Plots'),
          element('div', {class: 'choices', role: 'group', 'aria-label': 'Time'}, this.spans),
        ),
        element(
          'div',
          {class: 'plots'},
          this.plots.map((plot) => plot.node),
        ),
      ),
    );
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.repaint = () => this.plots.forEach((plot) => plot.repaint());
  }

  open({parameters}) {
    this.choose(parameters);
    this.poll = new Poll(
      10000,
      (signal) => get(['series'], {span: this.span}, signal),
      (series) => this.plots.forEach((plot) => plot.show(series, this.span)),
    );
    this.dark.addEventListener('change', this.repaint);
  }

  update({parameters}) {
    this.choose(parameters);
    this.poll.now();
  }

  close() {
    this.poll.close();
    this.dark.removeEventListener('change', this.repaint);
    this.plots.forEach((plot) => plot.close());
  }

  choose(parameters) {
    const asked = parameters.get('span');
    this.span = SPANS.some(([span]) => span === asked) ? asked : SPANS[0][0];
    for (const button of this.spans)
      setAttribute(button, 'aria-pressed', String(button.dataset.span === this.span));
  }
}
