// The other two views: requirements, and the run itself. Drawn when first looked at.

const drawn = new Set();

function show(name) {
  for (const tab of document.querySelectorAll('[role=tab]')) {
    const mine = tab.id === `tab-${name}`;
    tab.setAttribute('aria-selected', String(mine));
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !mine;
  }
  if (!drawn.has(name)) {
    drawn.add(name);
    if (name === 'requirements') drawRequirements('');
    if (name === 'run') drawRun();
  }
}

const LINKS = 8;

function links(scenarios) {
  const some = scenarios.slice(0, LINKS).map((at) => el('button.link', { onclick: () => { show('queue'); select(at, { read: true }); } }, DATA.scenarios[at].id));
  if (scenarios.length > LINKS) some.push(el('span.muted', `+ ${number(scenarios.length - LINKS)} more`));
  return el('div.links', some);
}

function drawRequirements(wanted) {
  const entries = Object.entries(DATA.requirements).map(([id, one]) => ({ id, scenarios: [], ...one }));
  const counts = new Map();
  entries.forEach((one) => counts.set(one.outcome, (counts.get(one.outcome) || 0) + 1));
  const order = [...DATA.outcomes.map((one) => one.name), 'untested', 'excluded'];
  const chips = el('div.chips', order.filter((name) => counts.get(name)).map((name) =>
    el(`button.chip.is-${name}`, { title: MEANING[name], 'aria-pressed': String(wanted === name), onclick: () => drawRequirements(wanted === name ? '' : name) },
      el('b', number(counts.get(name))), name === 'pass' ? 'holds' : name)));
  const areas = new Map();
  const told = entries.some(isTested);
  entries.filter((one) => (wanted ? one.outcome === wanted : !told || isTested(one))).forEach((one) => areas.set(one.area, [...(areas.get(one.area) || []), one]));
  const rank = (one) => order.indexOf(one.outcome);
  const nodes = [el('h2', 'What is known of Stripe, and what this run says of it'), chips, areaTable(entries),
    el('p.note.muted', 'What the sources stand for is told in scenarios/requirements/README.md.')];
  for (const some of areas.values()) some.sort((a, b) => rank(a) - rank(b));
  for (const [area, some] of [...areas].sort((a, b) => rank(a[1][0]) - rank(b[1][0]))) {
    nodes.push(el('h2', area), el('table', el('thead', el('tr', ['Outcome', 'Id', 'Level', 'Requirement'].map((name) => el('th', name)))),
      el('tbody', some.map((one) => el('tr',
        el('td.tight', tagOf(one.outcome)), el('td.tight.mono', one.id), el('td.tight', el('span.level', one.level || '')),
        el('td', prose(one.statement || 'Not in the catalogue at hand.'), one.provenance && el('div.muted', `${one.provenance}, ${one.confidence} confidence · ${one.source}`),
          one.excluded && el('div.muted', `left out: ${one.excluded}`), one.scenarios.length ? links(one.scenarios) : null))))));
  }
  fill(document.getElementById('view-requirements'), nodes);
}

const isTested = (one) => !['untested', 'excluded'].includes(one.outcome);

function areaTable(entries) {
  const areas = new Map();
  for (const one of entries) {
    const row = areas.get(one.area) || [0, 0, 0];
    row[isTested(one) ? 0 : one.outcome === 'excluded' ? 1 : 2] += 1;
    areas.set(one.area, row);
  }
  return el('details', el('summary', 'Tested, excluded and untested, by area'), el('table',
    el('thead', el('tr', ['Area', 'Tested', 'Excluded', 'Untested'].map((name) => el('th', name)))),
    el('tbody', [...areas].map(([area, row]) => el('tr', el('td.tight', area), row.map((n) => el('td.num', number(n))))))));
}

const tagOf = (outcome) => el(`span.tag.is-${outcome}`, { title: MEANING[outcome] }, outcome === 'pass' ? 'holds' : outcome);

function plainTable(entries) {
  const word = (value) => (value === null || value === undefined || value === '' ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value));
  return el('table', el('tbody', Object.entries(entries).map(([name, value]) => el('tr', el('td.tight.muted', name), el('td.mono', word(value))))));
}

function drawRun() {
  const { target, config, slowest } = DATA.run;
  const nodes = [el('h2', 'Outcomes'), outcomeTable(), el('h2', 'Target, as configured'), plainTable(target), el('h2', 'Run'), plainTable(config)];
  if (DATA.stale.length) {
    nodes.unshift(el('h2', 'Baseline entries that are no longer true'), el('table', el('tbody', DATA.stale.map((one) =>
      el('tr', el('td.mono', `${one.scenario} ${one.check}`), el('td', one.why), el('td.mono', one.place))))));
  }
  if (slowest.length) {
    nodes.push(el('h2', 'Slowest scenarios'), el('table', el('tbody', slowest.map((at) =>
      el('tr', el('td', links([at])), el('td.num', duration(DATA.scenarios[at].ms)))))));
  }
  fill(document.getElementById('view-run'), nodes);
}

function outcomeTable() {
  return el('table', el('tbody', DATA.outcomes.map((one) =>
    el('tr', el('td.num', number(one.count)), el('td.tight', tag(one.name)), el('td', one.meaning)))));
}
