// The left rail, the chips, and the work queue: failing first, by cause; passing folded.

const PAGE = 40; // scenarios of one group shown at first
const FEW = 5; // of a cause, so that the next cause stays in sight

// In one section, as in the terminal: what keeps scenarios from being tested may be more urgent than what is wrong.
const RED = ['fail', 'not-testable'];
const SECTIONS = [
  [['error'], 'Errors of the suite'], [RED, 'To fix, most urgent first'],
  [['known'], 'Known'], [['warning'], 'Warnings'], [['observation'], 'Observations'],
];

function drawRail() {
  const part = (title, name, values, counts, bars) => values.length < 2 && !state[name] ? [] : [
    el('h2', title),
    values.map((value) => el('button.scope', { 'aria-pressed': String(state[name] === value), onclick: () => narrow(name, value) },
      el('span.name', value || 'other'), el('span.n', number(counts.get(value) || 0)), bars && bars(value))),
  ];
  const areas = DATA.areas.map((area) => area.name);
  const kinds = [...new Set([...KINDS.values()].flatMap((set) => [...set]))].sort();
  const profiles = [...new Set(DATA.scenarios.map((one) => one.profile))];
  fill(document.getElementById('rail'),
    part('Area', 'area', areas, tally(visible('area'), (one) => [one.area]), areaBar),
    part('What went wrong', 'kind', kinds, tally(visible('kind'), (_, at) => [...(KINDS.get(at) || [])])),
    part('Profile', 'profile', profiles, tally(visible('profile'), (one) => [one.profile])));
}

function areaBar(name) {
  const { counts } = DATA.areas.find((area) => area.name === name);
  const shares = DATA.outcomes.filter((one) => counts[one.name]);
  return el('span.bar', { title: shares.map((one) => `${counts[one.name]} ${one.name}`).join(', ') },
    shares.map((one) => el(`i.is-${one.name}`, { style: { '--share': String(counts[one.name]) } })));
}

function narrow(name, value) {
  state[name] = state[name] === value ? '' : value;
  draw();
}

function drawChips() {
  const counts = tally(visible('outcomes'), (one) => [one.outcome]);
  fill(document.getElementById('chips'), DATA.outcomes.filter((one) => one.count).map((one) =>
    el(`button.chip.is-${one.name}`, { title: `${one.name}: ${one.meaning}`, 'aria-pressed': String(state.outcomes.has(one.name)), onclick: () => {
      if (!state.outcomes.delete(one.name)) state.outcomes.add(one.name);
      draw();
    } }, el('b', number(counts.get(one.name) || 0)), one.name)));
}

function drawList() {
  const shown = visible();
  const nodes = [];
  let first = true;
  for (const [outcomes, title] of SECTIONS) {
    const causes = DATA.causes.map((cause, at) => ({ cause, at, scenarios: cause.scenarios.filter((one) => shown.has(one)) }))
      .filter((one) => outcomes.includes(one.cause.outcome) && one.scenarios.length);
    if (!causes.length) continue;
    nodes.push(el('div.section', { title: MEANING[outcomes[0]] }, title, el('span.why', plural(causes.length, 'cause'))));
    for (const one of causes) {
      nodes.push(...drawCause(one, first));
      first = false;
    }
  }
  nodes.push(...drawRest('Not applicable', 'not-applicable', shown), ...drawRest('Passing', 'pass', shown));
  fill(document.getElementById('list'), nodes.length ? nodes : nothing());
}

function drawCause({ cause, at, scenarios }, first) {
  const key = `cause${at}`;
  const open = isOpen(key, first || (DATA.causes.length <= 12 && scenarios.length <= 6));
  const blocked = cause.blocked ? `, ${number(cause.blocked)} not testable` : '';
  const head = el(`button.cause.is-${cause.outcome}`, { 'aria-expanded': String(open), onclick: () => fold(key, open) },
    el('span.fold', '›'), el('span.sentence', rank(cause, at), cause.sentence), el('span.amount', plural(scenarios.length, 'scenario') + blocked));
  return [head, ...(open ? rows(scenarios, key, at) : [])];
}

// Its place among all that is to fix, whatever is filtered: the number that the terminal gives it.
const rank = (cause, at) => (['error', ...RED].includes(cause.outcome) ? `${at + 1}. ` : '');

function drawRest(title, outcome, shown) {
  const scenarios = [...shown].filter((at) => DATA.scenarios[at].outcome === outcome);
  if (!scenarios.length) return [];
  const open = isOpen(outcome, state.outcomes.has(outcome));
  const head = el('button.section', { 'aria-expanded': String(open), title: MEANING[outcome], onclick: () => fold(outcome, open) },
    el('span.fold', '›'), title, el('span.why', number(scenarios.length)));
  return [head, ...(open ? rows(scenarios, outcome) : [])];
}

const isOpen = (key, usual) => (state.open.has(key) ? state.open.get(key) : usual);

function fold(key, open) {
  state.open.set(key, !open);
  drawList();
}

function rows(scenarios, key, cause) {
  const most = state.more.has(key) ? Infinity : cause === undefined ? PAGE : FEW;
  const nodes = scenarios.slice(0, most).map((at) => row(at, cause));
  if (nodes.length < scenarios.length) {
    nodes.push(el('button.more', { onclick: () => { state.more.add(key); drawList(); } }, `Show ${number(scenarios.length - most)} more`));
  }
  return nodes;
}

function row(at, cause) {
  const one = DATA.scenarios[at];
  return el('button.item', { 'data-at': at, 'data-cause': cause, 'aria-current': String(at === state.selected && cause === state.cause),
    onclick: (event) => select(at, { cause, from: event.currentTarget, read: true }) },
    glyph(one.outcome), el('span.title', one.title), el('span.id', one.id));
}

function nothing() {
  if (!DATA.scenarios.length) return el('div.empty', el('strong', 'No scenario ran'), 'Nothing is known about this target.');
  return el('div.empty', el('strong', 'Nothing matches'), el('button.quiet', { onclick: () => {
    Object.assign(state, { outcomes: new Set(), area: '', kind: '', profile: '', words: '' });
    document.getElementById('search').value = '';
    draw();
  } }, 'Clear all filters'));
}

function draw() {
  drawRail();
  drawChips();
  drawList();
}
