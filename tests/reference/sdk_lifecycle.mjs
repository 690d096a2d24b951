// What an application does with stripe-node, unmodified but for its base address.
//
//   node sdk_lifecycle.mjs STRIPE < told.json
//
// STRIPE is the folder of the package. `told`: `host`, `port`, `key`, and of one webhook `secret`, `payload`,
// `signature`. Writes one JSON object: the release, the API version, and for each step null or what went wrong.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const require = createRequire(import.meta.url);
const Stripe = require(process.argv[2]);
const told = JSON.parse(readFileSync(0, 'utf8'));
const stripe = new Stripe(told.key, {host: told.host, port: told.port, protocol: 'http', maxNetworkRetries: 0});
const version = stripe.getApiField('version');
const basil = version >= '2025-03-31.basil';
const card = 'pm_card_visa';
const seen = {};

const steps = {
  async customer() {
    seen.jenny = await stripe.customers.create({
      name: 'Jenny Rosen', payment_method: card, invoice_settings: {default_payment_method: card},
    });
    assert.match(seen.jenny.invoice_settings.default_payment_method, /^pm_/);
    assert.equal(seen.jenny.lastResponse.apiVersion, version);
  },
  async items() {
    const item = await stripe.invoiceItems.create({customer: seen.jenny.id, amount: 2000, currency: 'usd'});
    assert.equal(item.amount, 2000);
  },
  async invoice() {
    seen.bill = await stripe.invoices.create({customer: seen.jenny.id, pending_invoice_items_behavior: 'include'});
    assert.deepEqual([seen.bill.status, seen.bill.total], ['draft', 2000]);
  },
  async update() {
    const changed = await stripe.invoices.update(seen.bill.id, {description: 'November', metadata: {order: '6735'}});
    assert.deepEqual([changed.description, changed.metadata], ['November', {order: '6735'}]);
  },
  async finalize() {
    const open = await stripe.invoices.finalizeInvoice(seen.bill.id);
    assert.deepEqual([open.status, open.amount_remaining], ['open', 2000]);
  },
  async pay() {
    const paid = await stripe.invoices.pay(seen.bill.id, {expand: ['customer']});
    assert.deepEqual([paid.status, paid.customer.name], ['paid', 'Jenny Rosen']);
    if (!basil) assert.match(paid.charge, /^ch_/);
  },
  async list() {
    for (const amount of [1000, 1500]) await stripe.invoices.create({customer: seen.jenny.id, description: `${amount}`});
    const ids = [];
    for await (const one of stripe.invoices.list({customer: seen.jenny.id, limit: 1})) ids.push(one.id);
    assert.equal(ids.length, 3);
    assert.equal(ids.at(-1), seen.bill.id);
  },
  async credit() {
    const line = (await stripe.invoices.listLineItems(seen.bill.id)).data[0];
    const note = await stripe.creditNotes.create({
      invoice: seen.bill.id, refund_amount: 500, lines: [{type: 'invoice_line_item', invoice_line_item: line.id, amount: 500}],
    });
    assert.deepEqual([note.status, note.total, note.type], ['issued', 500, 'post_payment']);
  },
  async refusal() {
    const error = await stripe.invoices.del(seen.bill.id).catch((thrown) => thrown);
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError, `${error}`);
    assert.equal(error.statusCode, 400);
  },
  async decline() {
    const owner = await stripe.customers.create({});
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {customer: owner.id});
    await stripe.invoiceItems.create({customer: owner.id, amount: 900, currency: 'usd'});
    const bill = await stripe.invoices.create({customer: owner.id, pending_invoice_items_behavior: 'include'});
    await stripe.invoices.finalizeInvoice(bill.id);
    const error = await stripe.invoices.pay(bill.id, {payment_method: bad.id}).catch((thrown) => thrown);
    assert.ok(error instanceof Stripe.errors.StripeCardError, `${error}`);
    assert.equal(error.code, 'card_declined');
  },
  async idempotency() {
    const options = {idempotencyKey: 'twice'};
    const [one, two] = [await stripe.customers.create({name: 'x'}, options), await stripe.customers.create({name: 'x'}, options)];
    assert.equal(one.id, two.id);
    const error = await stripe.customers.create({name: 'y'}, options).catch((thrown) => thrown);
    assert.ok(error instanceof Stripe.errors.StripeIdempotencyError, `${error}`);
  },
  async webhook() {
    const event = stripe.webhooks.constructEvent(told.payload, told.signature, told.secret);
    assert.equal(event.object, 'event');
    assert.throws(() => stripe.webhooks.constructEvent(`${told.payload} `, told.signature, told.secret));
  },
};

const report = {};
for (const [name, step] of Object.entries(steps)) {
  report[name] = await step().then(() => null, (error) => error.stack);
}
console.log(JSON.stringify({release: Stripe.PACKAGE_VERSION, api_version: version, steps: report}));
