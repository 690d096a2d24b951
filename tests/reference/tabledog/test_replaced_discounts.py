"""Discounts of customers and subscriptions: put on, replaced by another, redeemed by a promotion code, deleted."""

from __future__ import annotations

from tests.reference.tabledog.making import SUBSCRIBED, coupon, customer, inline, percent, recurring
from tests.reference.telling import Body, Figures, Line, Story, figures, lines, told


def three_months(story: Story) -> str:
    return coupon(story, percent_off=10, duration="repeating", duration_in_months=3, name="cp_1")


def subscribed(story: Story, owner: str, **params: object) -> Body:
    monthly = recurring(story, 20000)
    story.told()
    return story.make("/subscriptions", customer=owner, items=[{"price": monthly}], **params)


def test_discount_1_a_coupon_replaced_by_another(story: Story) -> None:
    """An update of the discount, which says what was another; the subscription says it once more."""
    owner = customer(story)
    ten, twenty = three_months(story), coupon(story, percent_off=20, duration="once", name="cp_2")
    story.told()
    story.make(f"/coupons/{ten}", metadata={"update": "u1"})
    assert story.told() == told("coupon.updated: metadata.update")
    path = f"/subscriptions/{subscribed(story, owner)['id']}"
    story.told()
    story.make(f"/customers/{owner}", coupon=ten)
    assert story.told() == told("customer.discount.created"), "the customer's update is not told"
    story.make(path, coupon=ten)
    assert story.told() == told("customer.discount.created", "customer.subscription.updated: discount")
    for first, second in ((ten, twenty), (twenty, ten), (ten, twenty)):
        before = story.read(path)["discount"]
        after = story.make(path, coupon=second)["discount"]
        updated, subscription = story.events()
        assert (updated["type"], updated["data"]["object"]["id"]) == ("customer.discount.updated", after["id"])
        said = updated["data"]["previous_attributes"]
        assert (said["id"], said["end"]) == (before["id"], before["end"])
        assert {"customer", "subscription", "object"}.isdisjoint(said), "only what differs"
        assert said["coupon"]["id"] == first
        assert {"duration", "duration_in_months", "name", "percent_off"} <= set(said["coupon"])
        assert {"amount_off", "currency", "livemode", "valid"}.isdisjoint(said["coupon"])
        assert subscription["type"] == "customer.subscription.updated"
        assert subscription["data"]["previous_attributes"]["discount"] == said
    assert [story.read(f"/coupons/{one}")["times_redeemed"] for one in (ten, twenty)] == [3, 2]


def test_discount_1_taken_off_when_their_coupons_are_gone(story: Story) -> None:
    """Deleted coupons leave the discounts that were made of them; each goes by a call of its own."""
    owner = customer(story)
    coupons = [three_months(story), percent(story, 20), coupon(story, amount_off=500, currency="gbp", duration="once")]
    path = f"/subscriptions/{subscribed(story, owner)['id']}"
    story.make(f"/customers/{owner}", coupon=coupons[0])
    story.make(path, coupon=coupons[1])
    line = inline(story, owner, 2000, discounts=[{"coupon": coupons[2]}])
    story.told()
    for one in coupons:
        story.delete(f"/coupons/{one}")
    gone = story.events()
    assert [event["type"] for event in gone] == ["coupon.deleted"] * 3
    assert [event["data"]["object"]["times_redeemed"] for event in gone] == [1, 1, 1]
    deleted = story.delete(f"/customers/{owner}/discount")
    assert (deleted["object"], deleted["deleted"], deleted["coupon"]["id"]) == ("discount", True, coupons[0])
    assert story.told() == told("customer.discount.deleted")
    assert story.read(f"/customers/{owner}")["discount"] is None
    story.delete(f"{path}/discount")
    assert sorted(one.type for one in story.told()) == ["customer.discount.deleted", "customer.subscription.updated"]
    story.delete(f"/invoiceitems/{line['id']}")
    assert story.told() == told("customer.discount.deleted", "invoiceitem.deleted")


def test_discount_2_put_on_and_taken_off_a_customer_and_a_subscription(story: Story) -> None:
    owner = customer(story)
    ten = three_months(story)
    path = f"/subscriptions/{subscribed(story, owner)['id']}"
    story.told()
    story.make(f"/customers/{owner}", coupon=ten)
    assert story.told() == told("customer.discount.created")
    story.delete(f"/customers/{owner}/discount")
    assert story.told() == told("customer.discount.deleted")
    on = story.make(path, coupon=ten)["discount"]
    assert on["end"] - on["start"] in range(89 * 86400, 93 * 86400), "three months"
    assert story.told() == told("customer.discount.created", "customer.subscription.updated: discount")
    story.delete(f"{path}/discount")
    deleted, updated = story.events()
    assert (deleted["type"], updated["type"]) == ("customer.discount.deleted", "customer.subscription.updated")
    assert updated["data"]["previous_attributes"]["discount"] == on, "all of it: there is none to compare it with"
    assert story.read(path)["discount"] is None
    assert story.api.delete(f"/v1{path}/discount").status == 404


def test_discount_2_promotion_codes(story: Story) -> None:
    """Two codes of one coupon; a redemption is counted, and told before the discount that it made."""
    owner = customer(story)
    ten = three_months(story)
    path = f"/subscriptions/{subscribed(story, owner)['id']}"
    story.told()
    first, second = (story.make("/promotion_codes", coupon=ten, metadata={"tid": tid}) for tid in ("pro_1", "pro_2"))
    assert story.told() == told("promotion_code.created", "promotion_code.created")
    assert (first["active"], first["coupon"]["id"], first["times_redeemed"]) == (True, ten, 0)
    assert len(first["code"]) == 8
    assert first["code"] != second["code"]
    story.make(f"/promotion_codes/{first['id']}", metadata={"update": "u_1"})
    assert story.told() == told("promotion_code.updated: metadata.update")
    on = story.make(path, promotion_code=second["id"])["discount"]
    assert (on["promotion_code"], on["coupon"]["id"]) == (second["id"], ten)
    assert story.told() == told(
        "promotion_code.updated: times_redeemed", "customer.discount.created", "customer.subscription.updated: discount"
    )
    after = story.make(f"/promotion_codes/{second['id']}", active=False, metadata={"update": "u_1"})
    assert story.told() == told("promotion_code.updated: active metadata.update")
    assert (after["active"], after["times_redeemed"], after["coupon"]["times_redeemed"]) == (False, 1, 1)
    assert story.read(f"/promotion_codes/{first['id']}")["times_redeemed"] == 0


def test_discount_3_a_subscription_under_its_customers_discount(story: Story) -> None:
    """18000 of 20000: the discount is the customer's, the subscription has none until it is given one."""
    owner = customer(story)
    ten, third = three_months(story), percent(story, 30, "forever")
    subscribed(story, owner)
    story.make(f"/customers/{owner}", coupon=ten)
    subscription = subscribed(story, owner)
    assert story.told() == told(*[one for one in SUBSCRIBED if not one.startswith("customer.updated")])
    assert subscription["discount"] is None
    invoice = story.read(f"/invoices/{subscription['latest_invoice']}")
    assert figures(invoice) == Figures("paid", 20000, 18000, 18000, 18000, 0, (2000,))
    assert lines(invoice) == [Line(20000, 1, (2000,))]
    assert invoice["discount"]["id"] == story.read(f"/customers/{owner}")["discount"]["id"]
    path = f"/subscriptions/{subscription['id']}"
    story.make(path, coupon=third)
    assert story.told() == told("customer.discount.created", "customer.subscription.updated: discount")
    story.delete(f"{path}/discount")
    assert story.told() == told("customer.discount.deleted", "customer.subscription.updated: discount")
