"""Every address of the portal: what it is, who may open it, what it answers.

A new URL has to be written down here, or test_url_walk.py fails. This is what the office agreed on, on purpose written
a second time and not taken from apps/*/perms.py.
"""

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


URLS: dict[str, Url] = {
    # health
    "health:livez": Url(PUBLIC),
    "health:readyz": Url(PUBLIC, get=503),
    "health:status": Url(PAGE, SYSTEM),
    # search over everything
    "palette:search": Url(FORM, post=200),
    # dashboards
    "dashboards:home": Url(PAGE),
    "dashboards:board": Url(PAGE, REGISTER),
    # register
    "retirees:list": Url(PAGE, REGISTER),
    "retirees:find": Url(ACTION, REGISTER),
    "retirees:columns": Url(ACTION, REGISTER),
    "retirees:bulk": Url(ACTION, STAFF),
    "retirees:bulk-preview": Url(ACTION, STAFF),
    "retirees:bulk-apply": Url(ACTION, STAFF),
    "retirees:fields": Url(PAGE, CITY),
    "retirees:field-create": Url(FORM, CITY, post=422),
    "retirees:field-edit": Url(FORM, CITY, "custom field", post=422),
    "retirees:field-retire": Url(ACTION, CITY, "custom field"),
    "retirees:grid": Url(PAGE, STAFF),
    "retirees:grid-save": Url(ACTION, STAFF, "person", post=422),
    "retirees:grid-undo": Url(ACTION, STAFF, "person", post=404),
    "retirees:grid-paste": Url(ACTION, STAFF),
    "retirees:grid-paste-apply": Url(ACTION, STAFF),
    "retirees:changed": Url(PAGE, REGISTER),
    "retirees:changed-export": Url(ACTION, STAFF, post=422),
    "retirees:changesets": Url(PAGE, STAFF),
    "retirees:changeset": Url(PAGE, STAFF, "change set"),
    "retirees:changeset-undo": Url(FORM, STAFF, "change set"),
    "retirees:print-list": Url(ACTION, REGISTER),
    "retirees:print-groups": Url(ACTION, REGISTER),
    "retirees:groups-sheet": Url(ACTION, STAFF),
    "retirees:options": Url(PAGE, REGISTER, "condition"),
    "retirees:views": Url(PAGE, REGISTER),
    "retirees:view-create": Url(FORM, REGISTER, post=422),
    "retirees:view": Url(PAGE, REGISTER, "view", get=302),
    "retirees:view-edit": Url(FORM, REGISTER, "view", post=422),
    "retirees:view-update": Url(ACTION, REGISTER, "view"),
    "retirees:view-copy": Url(ACTION, REGISTER, "view"),
    "retirees:view-default": Url(ACTION, REGISTER, "view"),
    "retirees:view-home": Url(ACTION, REGISTER, "view"),
    "retirees:view-delete": Url(FORM, REGISTER, "view"),
    "retirees:create": Url(FORM, STAFF, post=422),
    "retirees:doubles": Url(PAGE, STAFF),
    "retirees:doubles-search": Url(ACTION, CITY),
    "retirees:double": Url(PAGE, STAFF, "pair"),
    "retirees:double-different": Url(ACTION, STAFF, "pair"),
    "retirees:double-reopen": Url(ACTION, STAFF, "pair"),
    "retirees:merge": Url(FORM, OFFICES, "pair", post=422),
    "retirees:merge-undo": Url(FORM, OFFICES, "merge"),
    "retirees:detail": Url(PAGE, REGISTER, "person"),
    "retirees:edit": Url(FORM, STAFF, "person", post=422),
    "retirees:reveal": Url(ACTION, STAFF, "secret", post=422),
    "retirees:verify": Url(ACTION, STAFF, "person"),
    "retirees:state": Url(FORM, STAFF, "person", post=422),
    "retirees:assess": Url(FORM, STAFF, "person", post=422),
    "retirees:death": Url(FORM, STAFF, "person", post=422),
    "retirees:death-retract": Url(FORM, OFFICES, "dead person", post=422),
    "retirees:move": Url(FORM, OFFICES, "person", post=422),
    "retirees:ruling": Url(FORM, CHIEFS | CITY, "person", post=422),
    "retirees:family-add": Url(FORM, STAFF, "person", post=422),
    "retirees:family-edit": Url(FORM, STAFF, "member", post=422),
    "retirees:family-delete": Url(FORM, STAFF, "member"),
    "retirees:family-shift": Url(ACTION, STAFF, "member", post=400),
    "retirees:family-verify": Url(ACTION, STAFF, "member"),
    "retirees:family-reveal": Url(ACTION, STAFF, "member", post=422),
    "retirees:career-add": Url(FORM, STAFF, "person", post=422),
    "retirees:career-edit": Url(FORM, STAFF, "career line", post=422),
    "retirees:career-delete": Url(FORM, STAFF, "career line"),
    "retirees:career-shift": Url(ACTION, STAFF, "career line", post=400),
    "retirees:honours-add": Url(FORM, STAFF, "person", post=422),
    "retirees:honours-edit": Url(FORM, STAFF, "honour", post=422),
    "retirees:honours-delete": Url(FORM, STAFF, "honour"),
    "retirees:notes-add": Url(FORM, STAFF, "person", post=422),
    "retirees:notes-edit": Url(FORM, STAFF, "note", post=422),
    "retirees:notes-delete": Url(FORM, STAFF, "note"),
    "retirees:group-mark": Url(FORM, STAFF, "person", post=422),
    "retirees:group-unmark": Url(ACTION, STAFF, "group mark"),
    "retirees:photo": Url(FORM, STAFF, "person", post=422),
    "retirees:photo-remove": Url(ACTION, STAFF, "person"),
    "retirees:photo-restore": Url(ACTION, STAFF, "portrait"),
    "retirees:photo-image": Url(PAGE, REGISTER, "portrait"),
    "retirees:photo-small": Url(PAGE, REGISTER, "portrait"),
    "retirees:lrmx": Url(FORM, STAFF, "person", post=422),
    "retirees:print": Url(FORM, REGISTER, "person", post=422),
    "retirees:info-form": Url(FORM, CITY, post=422),
    "retirees:info-form-download": Url(FILE, CITY, post=200),
    "retirees:info-form-reset": Url(ACTION, CITY),
    "retirees:file-add": Url(FORM, STAFF, "person", post=422),
    "retirees:file-small": Url(PAGE, STAFF, "paper"),
    "retirees:file-download": Url(FILE, STAFF, "paper", post=200),
    "retirees:file-discard": Url(ACTION, STAFF, "paper"),
    "retirees:file-restore": Url(ACTION, STAFF, "thrown paper"),
    "retirees:reorganise": Url(FORM, CITY, "unit", post=422),
    # leaving the register
    "retirees:left": Url(FORM, OFFICES, "person", post=422),
    "retirees:mistake": Url(FORM, CITY, "person", post=422),
    "retirees:mistake-restore": Url(FORM, CITY, "mistaken person", post=422),
    "retirees:mistakes": Url(PAGE, CITY),
    # transfers between counties
    "retirees:transfer-new": Url(FORM, OFFICES, "person", post=422),
    "retirees:transfers": Url(PAGE, OFFICES),
    "retirees:transfer": Url(PAGE, OFFICES, "transfer in"),
    "retirees:transfer-accept": Url(FORM, OFFICES, "transfer in", post=422),
    "retirees:transfer-refuse": Url(FORM, OFFICES, "transfer in", post=422),
    "retirees:transfer-withdraw": Url(FORM, OFFICES, "transfer out"),
    "retirees:transfer-seen": Url(ACTION, OFFICES, "transfer out"),
    "retirees:quality": Url(PAGE, REGISTER),
    # changes that are reviewed
    "retirees:requests": Url(PAGE, STAFF),
    "retirees:requests-approve": Url(ACTION, CHIEFS | CITY),
    "retirees:review-fields": Url(FORM, frozenset({"city_chief"}), post=422),
    "retirees:request": Url(PAGE, STAFF, "request"),
    "retirees:request-approve": Url(ACTION, CHIEFS | CITY, "asked of me"),
    "retirees:request-return": Url(FORM, CHIEFS | CITY, "asked of me", post=422),
    "retirees:request-refuse": Url(FORM, CHIEFS | CITY, "asked of me", post=422),
    "retirees:request-withdraw": Url(ACTION, STAFF - CITY, "request"),
    "retirees:request-resend": Url(FORM, STAFF - CITY, "request", post=422),
    "retirees:request-proof": Url(FILE, STAFF, "request", post=200),
    # rosters coming in
    "imports:list": Url(PAGE, STAFF),
    "imports:upload": Url(FORM, STAFF, post=422),
    "imports:detail": Url(PAGE, STAFF, "batch"),
    "imports:progress": Url(FRAGMENT, STAFF, "batch", get=204),
    "imports:confirm": Url(ACTION, STAFF, "batch", post=400),
    "imports:drop": Url(FORM, STAFF, "batch"),
    "imports:template": Url(FORM, STAFF, post=200),
    "imports:errors": Url(ACTION, STAFF, "batch"),
    "imports:columns": Url(FORM, STAFF, "batch", post=422),
    "imports:forget": Url(ACTION, STAFF, "batch mapping"),
    "imports:again": Url(ACTION, STAFF, "batch"),
    "imports:decide": Url(FORM, STAFF, "batch row", post=422),
    "imports:fix": Url(FORM, STAFF, "batch cell", post=422),
    # lists going out
    "exports:list": Url(PAGE, STAFF),
    "exports:new": Url(FORM, STAFF),
    "exports:detail": Url(PAGE, STAFF, "export", known=200),
    "exports:decide": Url(ACTION, CHIEFS, "export to decide", post=422),
    "exports:drop": Url(ACTION, STAFF, "export"),
    "exports:templates": Url(PAGE, STAFF),
    "exports:template-new": Url(FORM, OFFICES, post=422),
    "exports:template-check": Url(ACTION, OFFICES, post=200),
    "exports:template": Url(PAGE, STAFF, "form", known=200),
    "exports:template-preview": Url(ACTION, STAFF, "form", post=200, known=200),
    "exports:template-file": Url(FILE, STAFF, "form", post=200, known=200),
    "exports:template-away": Url(ACTION, OFFICES, "form"),
    # briefings
    "reports:list": Url(PAGE, OFFICES | LEADERS),
    "reports:make": Url(FORM, OFFICES, post=422),
    "reports:retry": Url(ACTION, OFFICES, "failed draft"),
    "reports:schedules": Url(PAGE, OFFICES),
    "reports:schedule-create": Url(FORM, OFFICES, post=422),
    "reports:schedule-edit": Url(FORM, OFFICES, "schedule", post=422),
    "reports:detail": Url(PAGE, OFFICES | LEADERS, "issued", known=200),
    "reports:edit": Url(FORM, OFFICES, "draft", post=422),
    "reports:check": Url(ACTION, OFFICES, "draft"),
    "reports:return": Url(FORM, OFFICES, "checked", post=422),
    "reports:issue": Url(FORM, OFFICES, "checked", post=422, by_role=dict.fromkeys(OFFICES - CHIEFS, 403)),
    "reports:download": Url(FILE, OFFICES | LEADERS, "issued", post=200, known=200),
    # yearly statistics
    "statistics:list": Url(PAGE, OFFICES | LEADERS),
    "statistics:make": Url(ACTION, OFFICES, post=400),
    "statistics:table": Url(PAGE, OFFICES | LEADERS, "year table", known=200),
    "statistics:step": Url(ACTION, OFFICES, "year table", post=400, known=400),
    "statistics:differences": Url(PAGE, OFFICES | LEADERS, "year table", known=200),
    "statistics:download": Url(FILE, OFFICES | LEADERS, "year table", post=400, known=400),
    # units
    "units:tree": Url(PAGE, STAFF | SYSTEM),
    "units:detail": Url(PAGE, STAFF | SYSTEM, "unit"),
    "units:create": Url(FORM, CITY | SYSTEM, "unit", post=200),
    "units:edit": Url(FORM, CITY | SYSTEM, "unit", post=200),
    "units:rename": Url(FORM, CITY | SYSTEM, "unit", post=200),
    "units:close": Url(FORM, CITY | SYSTEM, "unit", post=200),
    "units:reopen": Url(FORM, CITY | SYSTEM, "unit", post=200),
    # dictionaries
    "dictionaries:list": Url(PAGE, CITY),
    "dictionaries:divisions": Url(PAGE, STAFF),
    "dictionaries:create": Url(FORM, CITY, post=422),
    "dictionaries:detail": Url(PAGE, CITY, "dictionary"),
    "dictionaries:term-add": Url(FORM, CITY, "dictionary", post=422),
    "dictionaries:term-edit": Url(FORM, CITY, "term", post=422),
    "dictionaries:term-merge": Url(FORM, CITY, "term", post=422),
    "dictionaries:term-switch": Url(ACTION, CITY, "term"),
    "dictionaries:term-move": Url(ACTION, CITY, "term", post=400),
    # jobs
    "jobs:list": Url(PAGE),
    "jobs:seen-all": Url(ACTION),
    "jobs:detail": Url(PAGE, what="job", known=200),
    "jobs:progress": Url(FRAGMENT, what="job", known=200),
    "jobs:cancel": Url(ACTION, what="open job", known=302),
    "jobs:requeue": Url(ACTION, SYSTEM, "dead job", known=302),
    "jobs:seen": Url(ACTION, what="job", post=204, known=204),
    "jobs:download": Url(FILE, what="job", post=200),
    # log
    "audit:log": Url(PAGE, AUDIT),
    "audit:sign-ins": Url(PAGE, AUDIT),
    "audit:event": Url(PAGE, AUDIT, "event"),
    # sign-in
    "accounts:sign-in": Url(PUBLIC, post=200, methods=("GET", "POST")),
    "accounts:sign-out": Url(PUBLIC, methods=("POST",)),
    "accounts:set-password": Url(PUBLIC, what="link", post=200, methods=("GET", "POST")),
    "accounts:second-factor": Url(ENTRY, get=302, by_role={"half": 200}),
    "accounts:enrol": Url(ENTRY, post=200, by_role={"half": 302}),
    # one's own account
    "accounts:profile": Url(PAGE),
    "accounts:password": Url(FORM, post=200),
    "accounts:display": Url(ACTION, post=400),
    "accounts:grant": Url(ACTION, post=404),
    "accounts:keep-alive": Url(ACTION, post=204),
    "accounts:draft-save": Url(ACTION, STAFF, post=400),
    "accounts:draft-discard": Url(ACTION, STAFF, post=400),
    "accounts:recovery": Url(FORM, get=302),  # nobody here but "half" has a second factor
    "accounts:second-factor-off": Url(FORM, get=302),
    # accounts and rights
    "accounts:users": Url(PAGE, SYSTEM | SECURITY),
    "accounts:user": Url(PAGE, SYSTEM | SECURITY, "user"),
    "accounts:user-create": Url(FORM, SYSTEM, post=200),
    "accounts:user-edit": Url(FORM, SYSTEM, "user", post=200),
    "accounts:user-state": Url(FORM, SYSTEM, "user", post=200),
    "accounts:user-link": Url(FORM, SYSTEM, "user", post=200),
    "accounts:user-grant": Url(FORM, SECURITY, "user", post=200),
    "accounts:user-grant-end": Url(FORM, SECURITY, "grant", post=200),
    "accounts:user-export-give": Url(FORM, SECURITY, "grant", post=200),
    "accounts:user-export-take": Url(FORM, SECURITY, "grant", post=200),
    "accounts:user-sessions-end": Url(FORM, SECURITY, "user", post=200),
    "accounts:groups": Url(PAGE, CITY),
    "accounts:group-create": Url(FORM, CITY, post=422),
    "accounts:group-edit": Url(FORM, CITY, "group", post=422),
    "accounts:group-delete": Url(FORM, CITY, "group"),
    "accounts:user-code-reset": Url(FORM, SECURITY, "user", post=200),
}
