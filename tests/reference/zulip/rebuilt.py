"""A flow driven through the reference: its writes with inferred parameters, its reads where they fit best."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from conformance.recordings.replay.compare import ADDED, BEFORE, RULE, Comparison, Field, leaves
from conformance.recordings.replay.ids import Names
from conformance.recordings.replay.times import Times, moment
from tests.reference.conftest import Answer, Client
from tests.reference.zulip import subscribed
from tests.reference.zulip.apart import apart
from tests.reference.zulip.chains import AGAIN, default_method
from tests.reference.zulip.inferred import TOKENS, WRITES, Sent
from tests.reference.zulip.order import Order
from tests.reference.zulip.reads import Reads
from tests.reference.zulip.recorded import Body, Flow, Recorded, distinct, hollow
from tests.reference.zulip.told import pairs

_PLACE = re.compile(r"\[\d+\]")


class Compared(NamedTuple):
    """One exchange beside its recording: the fields that count, and how many do not, by why."""

    recorded: Recorded
    fields: tuple[Field, ...]
    uncounted: Counter[str]
    status: int


class Rebuilt:
    """One flow in an account of its own."""

    def __init__(self, flow: Flow, api: Client) -> None:
        self.flow = flow
        self.api = api
        self.compared: list[Compared] = []
        self.left: list[Recorded] = []
        self.problems: list[str] = []
        self._names = Names()
        self._beside = Comparison(self._names, Times())
        self._made: dict[str, list[str]] = {}  # prefix -> the target's names, in their order
        self._called: dict[str, str] = {}  # recorded name -> the target's
        self._digits = cards(flow)
        self.again = gaps(flow)
        self._owner = ""
        self._set_up = 0
        self._attached: list[str] = []
        self._changed = 0
        self._at = moment(flow.version[:10])
        self._states: list[dict[str, Body]] = []
        self._reads = Reads(flow, self)

    def run(self) -> Rebuilt:
        order = Order(self.flow)
        self._reads.look()
        for one in order.writes():
            self.again |= one.nth == AGAIN
            self._write(one)
            self._reads.look()
        self.left += order.left
        for one, body, status in self._reads.fitted():
            self._compare(one, body, status, frozenset())
        self._events()
        return self

    # names

    def own(self, prefix: str, recorded: Any) -> str:
        """The target's name for a recorded one; what is hollow is the latest of its sort."""
        name = recorded["id"] if isinstance(recorded, dict) else recorded
        if name in self._called:
            return self._called[name]
        made = self._made.get(prefix) if prefix else None
        return made[-1] if made else name

    def called(self, prefix: str, recorded: str, got: str) -> None:
        self._made.setdefault(prefix, []).append(got)
        if recorded not in self._called:
            self._called[recorded] = got

    def translated(self, body: Body) -> Body:
        """A recorded body in the target's names, as far as they are known and say which one they are."""
        return {key: value for key, value in self._names.tree(body).items() if key != "error"}

    def made(self, prefix: str) -> list[str]:
        return self._made.get(prefix, [])

    def customers(self) -> list[str]:
        """Of whom the last call was; all, where it does not say."""
        made = self._made.get("cus_", [])
        return [self._owner] if self._owner in made else made

    # writes

    def _write(self, one: Recorded) -> None:
        named = one.body if one.call.startswith("Customer.") else {"id": one.body.get("customer")}
        self._owner = self._called.get(str(named.get("id")), "")
        special = _SPECIAL.get(one.call)
        if special:
            special(self, one)
            return
        row = WRITES[one.call]
        sent = row.infer(one.body, self.own) if one.status == 200 else Sent({}, frozenset())
        named = one.body["customer"] if "balance" in one.call else one.body.get("id", "")
        answer = self.api.post(row.path.format(self.own(row.id, named)), **sent.params)
        self._answered(one, answer, sent)

    def _answered(self, one: Recorded, answer: Answer, sent: Sent) -> None:
        if answer.status == 200 and "id" in one.body:
            prefix = answer["id"].partition("_")[0] + "_"
            if answer["id"] not in self._made.get(prefix, []):
                self.called(prefix, one.body["id"], answer["id"])
        if one.nth != AGAIN:
            self._compare(one, answer.body, answer.status, sent.given)
        elif answer.status != 200:
            self.problems.append(f"{one.call} again: {answer.body}")

    def _method(self, recorded: Any) -> str:
        """The target's payment method for a recorded one; one that was never recorded is made with such a card."""
        name = recorded["id"] if isinstance(recorded, dict) else recorded
        if name not in self._called and (not hollow(name) or not self._made.get("pm_")):
            made = self.api.make(
                "/v1/payment_methods", type="card", card={"token": TOKENS[self._digits.get(name, "4242")]}
            )
            self.called("pm_", name, made["id"])
        return self.own("pm_", name)

    def _attach(self, one: Recorded) -> None:
        """A setup intent that succeeds attaches its card; the reference has none, and attaches directly."""
        method = one.body.get("payment_method") or one.body["error"]["payment_method"]
        name = method["id"] if isinstance(method, dict) else method
        made = self._made.get("pm_", [])
        own = self._method(name) if not hollow(name) or self._set_up >= len(made) else made[self._set_up]
        self._set_up += 1
        self._attach_to(own, self.own("cus_", one.body.get("customer") or ""), refused=one.status != 200)

    def _attach_to(self, method: str, owner: str, *, refused: bool = False) -> None:
        answer = self.api.post(f"/v1/payment_methods/{method}/attach", customer=owner)
        if (answer.status != 200) != refused:
            self.problems.append(f"attach: {answer.body}")
        if answer.status == 200:
            self._attached.append(method)

    def _change(self, one: Recorded) -> None:
        method = default_method(one.body)
        if method:
            hidden = hollow(method) and self._changed < len(self._attached)
            own = self._attached[self._changed] if hidden else self._method(method)
            self._changed += 1
            if own not in self._attached:
                self._attach_to(own, self.own("cus_", one.body["id"]))
            if hidden:
                self._called[method] = own
        row = WRITES["Customer.modify"]
        sent = row.infer(one.body, self.own)
        self._answered(one, self.api.post(row.path.format(self.own("cus_", one.body["id"])), **sent.params), sent)

    def _confirm(self, one: Recorded) -> None:
        error = one.body.get("error", {})
        method = error.get("payment_method") or one.body.get("payment_method") or ""
        intent = error.get("payment_intent", one.body)
        params = {"payment_method": self._method(method)}
        answer = self.api.post(f"/v1/payment_intents/{self.own('pi_', intent['id'])}/confirm", **params)
        self._answered(one, answer, Sent(params, frozenset(params)))

    def _pay(self, one: Recorded) -> None:
        name = self.own("in_", one.body.get("id", ""))
        beside = one.status == 200 and one.body.get("paid_out_of_band", not one.body["attempt_count"])
        params = {"paid_out_of_band": True} if beside else {}
        self._answered(one, self.api.post(f"/v1/invoices/{name}/pay", **params), Sent(params, frozenset(params)))

    # subscriptions of 2018

    def _customer(self, one: Recorded) -> None:
        if not subscribed.subscribes(self.flow):
            sent, path = WRITES["Customer.create"].infer(one.body, self.own), "/v1/customers"
        else:
            sent, path = subscribed.owner(one.body, self.own, self.api, self.called), "/v1/customers"
            if one.call == "Customer.create":
                card = {
                    "payment_method": subscribed.CARD,
                    "invoice_settings": {"default_payment_method": subscribed.CARD},
                }
                sent = sent._replace(params={**sent.params, **card})
            else:
                path = f"/v1/customers/{self.own('cus_', one.body['id'])}"
        self._answered(one, self.api.post(path, **sent.params), sent)

    def _subscribe(self, one: Recorded) -> None:
        for item in one.body["items"]["data"]:
            if item["plan"]["id"] not in self._called:
                subscribed.make_plan(self.flow, item["plan"], self.api, self.called)
        sent = subscribed.subscription(one.body, self.own)
        answer = self.api.post("/v1/subscriptions", **sent.params)
        if answer.status == 200:
            self.called("si_", one.body["items"]["data"][0]["id"], answer["items"]["data"][0]["id"])
        self._answered(one, answer, sent)

    def _resubscribe(self, one: Recorded) -> None:
        sent = subscribed.change(one.body, self.own)
        self._answered(one, self.api.post(f"/v1/subscriptions/{self.own('sub_', one.body['id'])}", **sent.params), sent)

    def _unsubscribe(self, one: Recorded) -> None:
        answer = self.api.delete(f"/v1/subscriptions/{self.own('sub_', one.body['id'])}")
        self._answered(one, answer, Sent({}, frozenset()))

    # comparison

    def _compare(self, one: Recorded, got: Any, status: int, given: frozenset[str]) -> None:
        if status == one.status:
            fields, uncounted = self._counted(one.body, got, given)
        else:
            self.problems.append(f"{one.call} {one.nth}: HTTP {one.status}, got {status}: {str(got)[:200]}")
            kind = one.body.get("object", "error")
            fields, uncounted = list(leaves(one.body, kind, "", "", "missing", (one.body, status))), Counter[str]()
        self.compared.append(Compared(one, tuple(fields), uncounted, status))

    def _counted(
        self, recorded: Any, got: Any, given: frozenset[str] = frozenset()
    ) -> tuple[list[Field], Counter[str]]:
        fields, uncounted = [], Counter[str]()
        for field in self._beside.fields(distinct(recorded), got, self._at):
            if chosen(field):
                field = field._replace(how="time")
            why = silent(field, given) or apart(field, self.flow.version) or _UNCOUNTED.get(field.how, "")
            if why:
                uncounted[why] += 1
            else:
                fields.append(field)
        return fields, uncounted

    def _events(self) -> None:
        """What the flow was told, each list of events as one exchange; ``order`` counts once for each neighbour."""
        lists: dict[Recorded, tuple[list[Field], Counter[str]]] = {}
        last = -1
        for one, event, got, place in pairs(self.flow, self.api, self._called):
            fields, uncounted = lists.setdefault(one, ([], Counter()))
            about = event["data"]["object"]["id"]
            self.again |= not hollow(about) and about not in self._names
            if got is None and (self.again or (hollow(about) and place)):
                uncounted["told of a call that is not recorded"] += 1
                continue
            if got is None:
                fields += leaves(event["data"], "event", event["type"], "", "missing", (event["data"], None))
                continue
            more, less = self._counted(
                {"object": "event", "type": event["type"], "data": event["data"]},
                {"object": "event", "type": got["type"], "data": got["data"]},
            )
            fields += more
            uncounted += less
            fields.append(Field("event", "order", "", "" if place >= last else "order", event["type"], last - place))
            last = max(last, place)
        for one, (fields, uncounted) in lists.items():
            self.compared.append(Compared(one, tuple(fields), uncounted, 200))


_SPECIAL = {
    "Customer.create": Rebuilt._customer,
    "Customer.save": Rebuilt._customer,
    "Subscription.create": Rebuilt._subscribe,
    "Subscription.save": Rebuilt._resubscribe,
    "Subscription.delete": Rebuilt._unsubscribe,
    "SetupIntent.create": Rebuilt._attach,
    "Customer.modify": Rebuilt._change,
    "PaymentIntent.confirm": Rebuilt._confirm,
    "Invoice.pay": Rebuilt._pay,
}


_UNCOUNTED = {
    RULE: "what the account decides, or Stripe mints anew (the rules of replay)",
    BEFORE: "a moment that the recording does not tell",
    ADDED: "Stripe added it after the recording",
}
#: What the application sent lay in its past, long before it was recorded.
_CHOSEN = range(1_020_000_000, 1_500_000_000)


def chosen(field: Field) -> bool:
    """Whether a moment is another one although the application had chosen it: it is the same in every run."""
    return field.how == BEFORE and field.expected in _CHOSEN


def silent(field: Field, given: frozenset[str]) -> str:
    """Why an equal field would say nothing: it was sent, or its recorded value was made equal to others."""
    if any(field.path == path or field.path.startswith((f"{path}.", f"{path}[")) for path in given):
        return "given"
    if field.how not in ("missing", "type") and hollow(field.expected) and alike(field.expected, field.actual):
        return "hollow"
    return ""


def alike(recorded: Any, got: Any) -> bool:
    """Whether two values may be the same thing, one of them hollow: ids of one sort, moments, any other text."""
    if type(recorded) is not type(got):
        return False
    if isinstance(recorded, int):
        return int(got) > 1_000_000_000
    text, dated, _ = recorded.partition("NORMALIZED DATE")
    if dated:
        return str(got).startswith(text)
    prefix = re.match(r"[a-z]+_(?=NORMALIZED)", recorded)
    return str(got).startswith(prefix[0]) if prefix else bool(got)


def gaps(flow: Flow) -> bool:
    """Whether some of a flow's calls are not recorded: the numbers of a method's calls leave one out."""
    return any(one.nth > sum(other.call == one.call for other in flow.answers) for one in flow.answers)


def cards(flow: Flow) -> dict[str, str]:
    """The last digits of every payment method that a flow shows."""
    found: dict[str, str] = {}
    nodes: list[Any] = [one.body for one in flow.answers]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes += node
        elif isinstance(node, dict):
            nodes += node.values()
            if node.get("object") == "payment_method" and "card" in node:
                found[node["id"]] = node["card"]["last4"]
            elif node.get("object") == "charge" and isinstance(node.get("payment_method"), str):
                found[node["payment_method"]] = node["payment_method_details"]["card"]["last4"]
    return found
