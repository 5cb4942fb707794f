"""What one address of the portal is: its kind, who may open it, what it answers (matrix.py, parts/)."""

from dataclasses import dataclass, field

STAFF_OF_COUNTY = frozenset({"clerk_a", "chief_a", "clerk_b"})
CITY = frozenset({"city_clerk", "city_chief"})
STAFF = STAFF_OF_COUNTY | CITY | {"unit_a1"}
CHIEFS = frozenset({"chief_a", "city_chief"})
LEADERS = frozenset({"leader", "leader_a"})
REGISTER = STAFF | LEADERS
SYSTEM, SECURITY, AUDIT = (
    frozenset({"system_admin"}),
    frozenset({"security_admin"}),
    frozenset({"audit_admin"}),
)
EVERYBODY = REGISTER | SYSTEM | SECURITY | AUDIT
OFFICES = STAFF_OF_COUNTY | CITY

PAGE, FRAGMENT, FORM, ACTION, FILE, PUBLIC, ENTRY = (
    "page",
    "fragment",
    "form",
    "action",
    "file",
    "public",
    "entry",
)
METHODS = {
    PAGE: ("GET",),
    FRAGMENT: ("GET",),
    FORM: ("GET", "POST"),
    ACTION: ("POST",),
    FILE: ("POST",),
    PUBLIC: ("GET",),
    ENTRY: ("GET", "POST"),
}


@dataclass(frozen=True)
class Url:
    """What one URL pattern is.

    kind: PUBLIC needs no sign-in; ENTRY is open while the second factor is still owed. who: those with the right.
    what: the kind of object in the path (tests/architecture/objects.py). get, post: status for one's own object, POST
    with a body that says nothing. by_role: the same, where a role differs. known: status for an object that is seen
    but is not one's own.
    """

    kind: str
    who: frozenset[str] = EVERYBODY
    what: str = ""
    get: int = 200
    post: int = 302
    by_role: dict[str, int] = field(default_factory=dict)
    known: int = 403
    methods: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        return self.methods or METHODS[self.kind]
