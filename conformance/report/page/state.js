// What is shown: the scope on the left, the chips, the words searched for, and the scenario being read.

const state = { outcomes: new Set(), area: '', kind: '', profile: '', words: '', open: new Map(), more: new Set(), selected: -1, cause: undefined };

const KINDS = new Map(); // scenario -> what the target did wrong in it
DATA.causes.forEach((cause) => {
  if (!['fail', 'not-testable', 'error'].includes(cause.outcome)) return;
  cause.scenarios.forEach((at) => KINDS.set(at, (KINDS.get(at) || new Set()).add(cause.kind)));
});

const TEXT = DATA.scenarios.map((one) => [one.id, one.title, one.area, one.file, one.reason || '', one.covers.join(' '),
  ...one.steps.flatMap((step) => [step.operation, ...(step.checks || []).flatMap((check) => [check.id, check.message, check.requirements.join(' ')])])].join(' ').toLowerCase());

const FIELDS = { status: (one) => [one.outcome], area: (one) => [one.area], profile: (one) => [one.profile], kind: (_, at) => [...(KINDS.get(at) || [])] };

function terms() {
  return state.words.toLowerCase().split(/\s+/).filter(Boolean).map((word) => {
    const [field, value] = word.split(/:(.*)/s);
    return value !== undefined && FIELDS[field] ? (one, at) => FIELDS[field](one, at).some((have) => have.toLowerCase().startsWith(value)) : (_, at) => TEXT[at].includes(word);
  });
}

// Which scenarios are in view; `without` leaves one of the filters out, for the counts beside it.
function visible(without) {
  const found = new Set();
  const wanted = terms();
  DATA.scenarios.forEach((one, at) => {
    if (without !== 'outcomes' && state.outcomes.size && !state.outcomes.has(one.outcome)) return;
    if (without !== 'area' && state.area && one.area !== state.area) return;
    if (without !== 'profile' && state.profile && one.profile !== state.profile) return;
    if (without !== 'kind' && state.kind && !(KINDS.get(at) || new Set()).has(state.kind)) return;
    if (wanted.every((holds) => holds(one, at))) found.add(at);
  });
  return found;
}

function tally(set, key) {
  const counts = new Map();
  for (const at of set) for (const name of key(DATA.scenarios[at], at)) counts.set(name, (counts.get(name) || 0) + 1);
  return counts;
}
