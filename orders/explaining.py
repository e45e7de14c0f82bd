"""Why somebody looked at an order before it was packed, and what came of it."""

from django.utils.translation import gettext as _

from orders import fraud
from orders.models import OrderReview
from privacy import explaining
from privacy.explaining import Decision, Rules
from privacy.models import DataSubject


def rules() -> Rules:
    values = {
        "orders": fraud.BURST,
        "minutes": fraud.BURST_WINDOW.seconds // 60,
        "times": fraud.TIMES_THE_USUAL,
    }
    return Rules(
        _("Orders that a person looks at before they are packed"),
        [
            _(
                "Three things are noticed: %(orders)s orders or more with the same e-mail address within "
                "%(minutes)s minutes; a total of more than %(times)s times what is usual in your country; a "
                "phone number of another country than the address."
            )
            % values,
            _("Each of the first two is enough by itself. The phone number alone never is."),
            _("No machine refuses an order: a person lets it go on, or calls it off and pays you back."),
        ],
    )


def looked_at(subject: DataSubject) -> list[Decision]:
    reviews = OrderReview.objects.filter(order__subject=subject).select_related("order")
    return [
        Decision(
            about=_("Order %(number)s") % {"number": review.order.number},
            at=review.opened_at,
            because=review.sentences,
            outcome=review.get_status_display(),
        )
        for review in reviews
    ]


explaining.register(rules, looked_at)
