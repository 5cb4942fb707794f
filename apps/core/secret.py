"""Private values: shown as a mask wherever they are printed, revealed on purpose and with a reason.

``Secret`` is the only form in which an ID number, a phone number or an address travels through the portal.
``str()``, ``repr()``, JSON and templates give the mask; ``reveal`` tells the read log first.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from apps.core.keyring import keyring
from apps.core.scope import current_actor

Mask = Callable[[str], str]


def mask_id(text: str) -> str:
    """4201**********6490."""
    return f"{text[:4]}{'*' * max(len(text) - 8, 4)}{text[-4:]}" if len(text) > 8 else "*" * len(text)


def mask_phone(text: str) -> str:
    """139****1394; other numbers keep their last two digits."""
    digits = len(text)
    if digits == 11:
        return f"{text[:3]}****{text[-4:]}"
    return f"{'*' * max(digits - 2, 2)}{text[-2:]}" if digits > 4 else "*" * digits


def mask_address(text: str) -> str:
    """The first six characters (city and county), then stars."""
    return f"{text[:6]}******" if len(text) > 6 else "******"


def mask_all(text: str) -> str:
    """Nothing but stars, of a fixed length."""
    return "******" if text else ""


class Secret:
    """A private value at its place in the database."""

    __slots__ = ("_mask", "_plain", "_sealed", "place")

    def __init__(
        self, *, mask: Mask, place: str, plain: str | None = None, sealed: bytes | None = None
    ) -> None:
        self._mask, self._plain, self._sealed, self.place = mask, plain, sealed, place

    def _open(self) -> str:
        if self._plain is None:
            self._plain = keyring().decrypt(self._sealed or b"", self.place).decode()
        return self._plain

    def reveal(self, reason: str) -> str:
        """Return the value and write in the read log who saw it and why. Works only inside a scope.

        Raises ValueError without a reason.
        """
        if not reason.strip():
            raise ValueError("查看需要填写事由。")
        value = self._open()
        _on_reveal(current_actor(), self.place, reason)
        return value

    def same(self, text: str) -> bool:
        """Whether the value equals ``text``, without showing it to anyone."""
        return self._open() == text

    def for_processing(self) -> str:
        """The value for code that computes and shows nobody (hashing, comparing, rotating keys)."""
        return self._open()

    def sealed(self) -> bytes:
        """Ciphertext for its place; what came from the database is kept as it is."""
        if self._sealed is None:
            self._sealed = keyring().encrypt(self._open().encode(), self.place)
        return self._sealed

    @property
    def masked(self) -> str:
        return self._mask(self._open())

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<Secret {self.masked}>"

    def __bool__(self) -> bool:
        return bool(self._plain) if self._sealed is None else True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._open() == other._open()

    def __hash__(self) -> int:
        return hash(self._open())


def _not_connected(actor: object, place: str, reason: str) -> None:
    raise RuntimeError("阅读记录没有接上：apps.audit 应在启动时登记。")


_on_reveal: Callable[[Any, str, str], None] = _not_connected


def set_reveal_log(write: Callable[[Any, str, str], None]) -> None:
    """Connect the read log. Called once by apps.audit, which stands above this module."""
    global _on_reveal
    _on_reveal = write


class SecretField(models.BinaryField):
    """A text kept encrypted, bound to table, column and row.

    Assign a plain ``str``; read a ``Secret``. The model's primary key must be known before it is saved
    (a UUID default, or the key of the row it belongs to).
    """

    def __init__(self, *args: Any, mask: Mask = mask_all, **kwargs: Any) -> None:
        self.mask = mask
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def place(self, instance: models.Model) -> str:
        """ "table|column|row" of an instance."""
        tracked = getattr(self.model, "pgh_tracked_model", None)
        if tracked is not None:  # a history row holds the ciphertext of the row it tells of
            row: Any = instance.__dict__["pgh_obj_id"]
            return f"{tracked._meta.db_table}|{self.column}|{row}"
        if instance.pk is None:
            raise FieldError(f"{instance._meta.label} 必须先有主键才能加密 {self.name}。")
        return f"{self.model._meta.db_table}|{self.column}|{instance.pk}"

    def at(self, key: object, sealed: bytes) -> Secret:
        """What stands in the row with this key, where only its columns were read and no instance."""
        place = f"{self.model._meta.db_table}|{self.column}|{key}"
        return Secret(mask=self.mask, place=place, sealed=bytes(sealed))

    def shown_by(self) -> Mask:
        """The mask; a history table's column wears that of the column it tells of."""
        tracked = getattr(self.model, "pgh_tracked_model", None)
        mask: Mask = tracked._meta.get_field(self.name).mask if tracked is not None else self.mask
        return mask

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _SecretAttribute(self))

    def seal(self, instance: models.Model, text: str) -> bytes | None:
        """Ciphertext of ``text`` for this row; None for an empty text."""
        return keyring().encrypt(text.encode(), self.place(instance)) if text else None

    def pre_save(self, instance: models.Model, add: bool) -> bytes | None:
        value = instance.__dict__.get(self.attname)
        if isinstance(value, str):
            value = self.seal(instance, value)
            instance.__dict__[self.attname] = value
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # bulk_update reads through the attribute, past pre_save.
        value = value.sealed() if isinstance(value, Secret) else value
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        return str(getattr(obj, self.attname) or "")

    def value_from_object(self, obj: models.Model) -> Any:
        return getattr(obj, self.attname)


class _SecretAttribute:
    """Gives a Secret for what the row holds: ciphertext from the database or a text just assigned."""

    def __init__(self, secret_field: SecretField) -> None:
        self.field = secret_field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if value is None or value == "" or isinstance(value, Secret):
            return value or None
        place = self.field.place(instance)
        if isinstance(value, str):
            return Secret(mask=self.field.shown_by(), place=place, plain=value)
        return Secret(mask=self.field.shown_by(), place=place, sealed=bytes(value))

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Secret):
            value = value.for_processing()
        instance.__dict__[self.field.attname] = value
