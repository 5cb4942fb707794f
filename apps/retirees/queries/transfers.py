"""Transfers as lists and home pages want them."""

from apps.core.once import counted_once
from apps.core.scope import Actor
from apps.retirees.choices import TRANSFER_OPEN, TransferSide, TransferState
from apps.retirees.models import Transfer
from apps.retirees.models.transfers import TransferQuerySet

BOXES = {
    "in": ("要我接收的", TransferSide.IN, TRANSFER_OPEN),
    "out": ("我转出的", TransferSide.OUT, TRANSFER_OPEN),
    "over": ("已办结的", None, (TransferState.DONE, TransferState.REFUSED, TransferState.FAILED)),
}


def transfers_in(actor: Actor, box: str) -> TransferQuerySet:
    """Rows of one box of BOXES, newest first. The city sees each transfer once, by the sender's side."""
    _, side, states = BOXES[box]
    rows = Transfer.objects.visible_to(actor).filter(state__in=states)
    if actor.county_id is None:
        rows = rows.filter(side=TransferSide.OUT if box != "in" else TransferSide.IN)
    elif side is not None:
        rows = rows.filter(side=side)
    if box == "in":
        rows = rows.filter(state__in=(TransferState.DELIVERED, TransferState.ACCEPTED))
    return rows.select_related("county", "other", "to_unit").order_by("-proposed_at", "pk")


def transfers_waiting(actor: Actor) -> tuple[TransferQuerySet, ...]:
    """Proposals to answer and answers not yet looked at, of the actor's county; the city answers only for others,
    and is told of none."""
    if actor.county_id is None or actor.unit_id is not None:
        return ()
    mine = Transfer.objects.visible_to(actor)
    return mine.waiting(), mine.unread()


@counted_once
def waiting_transfers(actor: Actor) -> int:
    """How many of them."""
    return sum(rows.count() for rows in transfers_waiting(actor))


def open_transfer_of(actor: Actor, retiree_id: int) -> Transfer | None:
    """The transfer under way of a person, as the sender sees it."""
    return (
        Transfer.objects.visible_to(actor)
        .filter(retiree_id=retiree_id, side=TransferSide.OUT, state__in=TRANSFER_OPEN)
        .select_related("other")
        .first()
    )
