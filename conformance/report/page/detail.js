// One scenario: what is required, what was done step by step, what differs, and how to see it again.

// `cause` is the one that the reader came by: its step is open.
function drawDetail(at, cause) {
  const node = document.getElementById('detail');
  const one = DATA.scenarios[at];
  if (!one) return fill(node, el('div.empty', DATA.scenarios.length ? 'Choose a scenario.' : ''));
  const all = one.steps.flatMap((step) => step.checks || []);
  const meant = all.filter((check) => check.cause === cause);
  const failing = meant.length ? meant : gravest(all);
  node.scrollTop = 0;
  return fill(node,
    el('button.quiet.back', { onclick: () => document.body.classList.remove('reading') }, '‹ Work queue'),
    el('h2', one.title),
    el('div.byline', tag(one.outcome), el('span.mono', one.id), el('span', one.area), el('span', one.profile), el('span.mono', one.file), el('span', duration(one.ms)),
      el('button.quiet', { onclick: () => copy(location.href.split('#')[0] + '#' + encodeURIComponent(one.id)) }, 'Copy link')),
    one.reason && !['fail', 'warning', 'observation'].includes(one.outcome) && el(`p.reason.is-${one.outcome}`, one.reason),
    drawRequired(one, failing),
    one.steps.length ? [el('h3', 'Steps'), drawSteps(one, failing[0])] : [],
    drawReproduce(one, all));
}

const GRAVITY = DATA.outcomes.map((one) => one.name);

function gravest(checks) {
  const worst = Math.min(...checks.map((check) => GRAVITY.indexOf(check.outcome)));
  return checks.filter((check) => check.outcome === GRAVITY[worst]);
}

function drawRequired(one, failing) {
  const blamed = failing.flatMap((check) => check.requirements);
  const ids = [...new Set(blamed.length ? blamed : one.covers)];
  if (!ids.length) return [];
  return [el('h3', blamed.length ? 'What Stripe does' : 'Covers'), el('div', ids.slice(0, 12).map(drawRequirement))];
}

function drawRequirement(id) {
  const known = DATA.requirements[id] || {};
  return el('div.requirement', el('div', prose(known.statement || 'Not in the catalogue at hand.')),
    el('div.meta', el('span.mono', id), known.level && el('span.level', known.level), known.provenance && el('span', `${known.provenance}, ${known.confidence} confidence`),
      known.source && el('span', `source: ${known.source}`)));
}

const FOLDED = 4; // that many steps that held, or more, are one line before the first that did not

function drawSteps(one, first) {
  const nodes = one.steps.map((step, at) => drawStep(step, at + 1, Boolean(first && step.checks && step.checks.includes(first))));
  const held = first ? one.steps.findIndex((step) => step.outcome) : 0;
  if (held < FOLDED) return el('div.steps', nodes);
  const before = nodes.slice(0, held);
  const unfold = el('button.row', { 'aria-expanded': 'false', onclick: () => unfold.parentNode.replaceWith(...before) },
    glyph('pass'), el('span.no', '…'), el('span.what.muted', `${number(held)} steps before held. Show them`));
  return el('div.steps', el('div.step', unfold), nodes.slice(held));
}

function drawStep(step, no, open) {
  const outcome = step.outcome || 'pass';
  const inside = el('div.inside', { hidden: true });
  const toggle = () => {
    if (!inside.childNodes.length) fill(inside, drawInside(step));
    inside.hidden = !inside.hidden;
    button.setAttribute('aria-expanded', String(!inside.hidden));
  };
  const held = step.passed || step.checks ? `${plural(step.passed, 'check')} held${step.checks ? `, ${number(step.checks.length + (step.more || 0))} did not` : ''}` : step.outcome === 'not-testable' ? 'not tried' : '';
  const sub = [step.setup && `setup ${step.setup}`, step.title, held, step.attempts > 1 && plural(step.attempts, 'attempt')].filter(Boolean).join(' · ');
  const button = el('button.row', { 'aria-expanded': 'false', onclick: toggle },
    glyph(outcome), el('span.no', no), el('span.what', el('span', step.id), ' ', el('span.mono.muted', step.operation), el('span.sub', sub)),
    el('span.reply', step.reply || ''), el('span.ms', duration(step.ms)));
  if (open) toggle();
  return el('div.step', button, inside);
}

function drawInside(step) {
  let place = '';
  const checks = (step.checks || []).map((check) => {
    const node = drawCheck(check, check.excerpt !== place);
    place = check.excerpt;
    return node;
  });
  const paths = (step.checks || []).map((check) => (check.aspect === 'error' && !check.path.startsWith('error') ? (check.path ? `error.${check.path}` : 'error') : check.path)).filter(Boolean);
  const more = step.more ? [el('p.muted', `${number(step.more)} more checks of this step are in the journal.`)] : [];
  return [...checks, ...more, drawEvidence(step, paths)];
}

function drawCheck(check, withPlace) {
  const sides = check.diff && check.diff.length
    ? el('pre.block.diff', { 'aria-label': 'What was expected and what came' }, check.diff.map(drawDifference))
    : check.expected !== undefined && check.expected !== check.actual
      ? el('dl.sides', el('dt', 'expected'), el('dd', el('pre.want', check.expected)), el('dt', 'got'), el('dd', el('pre.got', check.actual)))
      : null;
  return el(`div.check.is-${check.outcome}`,
    el('div.message', check.message), el('div.name', `${check.id} · ${check.outcome}`),
    check.source && el('div.muted', check.source), sides, drawExcerpt(check, withPlace));
}

function drawDifference(one) {
  const [kind, label] = { '-': ['del', 'expected'], '+': ['add', 'got'] }[one[0]] || ['', ''];
  return el(kind ? `span.ln.${kind}` : 'span.ln', el('span.side', label), kind ? one.slice(2) : one);
}

function drawExcerpt(check, withLines) {
  const lines = DATA.excerpts[check.excerpt] || [];
  if (!check.place) return null;
  const at = Number((check.excerpt || '').split(':').pop());
  const place = el('div.place.muted.mono', check.place);
  if (!lines.length || !withLines) return place;
  return el('div', place, el('pre.block.code', lines.map(([no, text]) => el(no === at ? 'span.ln.hit' : 'span.ln', el('span.no', no), text || ' '))));
}

function drawEvidence(step, paths) {
  if (!step.exchanges) {
    return el('p.muted', step.reply ? 'The request and response are not in this report; the journal has them where the run kept them (--evidence all).' : 'This step was not sent.');
  }
  const holder = el('div');
  const show = (n) => fill(holder, attempts(n), drawExchange(step.exchanges[n], paths));
  const attempts = (current) => step.exchanges.length < 2 ? null : el('div.attempts', { 'aria-label': 'Attempts' }, step.exchanges.map((one, n) =>
    el('button', { 'aria-pressed': String(n === current), onclick: () => show(n) }, `${one.after.toFixed(1)} s · ${one.status || one.reply}`)));
  show(step.exchanges.length - 1);
  return el('div.exchange', holder);
}

function drawExchange(one, paths) {
  const headers = (map) => Object.entries(map || {}).map(([name, value]) => `${name}: ${value}`).join('\n');
  const nodes = [el('h4', 'Request'), el('div.line1', `${one.method} ${one.path}`)];
  if (Object.keys(one.headers).length) nodes.push(el('pre.block', headers(one.headers)));
  if (Object.keys(one.params).length) nodes.push(jsonBlock(JSON.stringify(one.params)));
  nodes.push(el('h4', 'Response'));
  if (one.status === undefined) return [...nodes, el('div.line1', `none: ${one.reply}`), one.detail && el('pre.block', one.detail)];
  nodes.push(el('div.line1', `HTTP ${one.status}${one.reply === 'answered' ? '' : ` (${one.reply})`} · ${duration(one.ms)}${one.response_headers['request-id'] ? ` · ${one.response_headers['request-id']}` : ''}`));
  nodes.push(el('details', el('summary', plural(Object.keys(one.response_headers).length, 'header')), el('pre.block', headers(one.response_headers))));
  nodes.push(jsonBlock(one.body, paths));
  return nodes;
}

function drawReproduce(one, checks) {
  if (!one.commands) return [];
  const nodes = [el('h3', 'See it again'), ...one.commands.map((text) => copyable(text))];
  if (one.script) nodes.push(el('details', el('summary', 'The whole chain with curl'), copyable(one.script)));
  const known = checks.filter((check) => check.known && ['fail', 'not-testable'].includes(check.outcome));
  if (known.length) {
    const quoted = (text) => JSON.stringify(clean(text));
    const entry = known.map((check) => `  - scenario: ${quoted(one.id)}\n    check: ${quoted(check.id)}\n    reason: ""\n`).join('');
    nodes.push(el('details', el('summary', 'Baseline entry'), copyable(entry)));
  }
  return nodes;
}
