"""Code lists of the register. Codes are the standards' own where there is one (docs/glossary.md names them)."""

from django.db import models

from apps.core.cells import NATIONS


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    MALE = "1", "男"
    FEMALE = "2", "女"
    UNKNOWN = "0", "未知"
    UNSTATED = "9", "未说明"


class Category(models.TextChoices):
    LIXIU = "lixiu", "离休"
    TUIXIU = "tuixiu", "退休"


class Period(models.TextChoices):
    """Periods of joining the revolution, four tiers (the yearly living subsidy); nursing fees join the two of 抗战.

    Boundaries: docs/glossary.md, after 国发〔1982〕62号 and 组通字〔2008〕48号.
    """

    RED_ARMY = "red_army", "红军时期"
    RESISTANCE_EARLY = "resistance_early", "抗战前期"
    RESISTANCE_LATE = "resistance_late", "抗战后期"
    LIBERATION = "liberation", "解放战争时期"
    AFTER = "after", "建国后"
    NEEDS_RULING = "needs_ruling", "待认定"
    UNKNOWN = "unknown", "未填"


class Level(models.TextChoices):
    """Rank and treatment levels: GB/T 12407-2008 codes of leading posts."""

    NATIONAL_CHIEF = "101", "正国级"
    NATIONAL_DEPUTY = "102", "副国级"
    PROVINCE_CHIEF = "111", "正省级"
    PROVINCE_DEPUTY = "112", "副省级"
    BUREAU_CHIEF = "121", "正厅级"
    BUREAU_DEPUTY = "122", "副厅级"
    COUNTY_CHIEF = "131", "正县级"
    COUNTY_DEPUTY = "132", "副县级"
    SECTION_CHIEF = "141", "正科级"
    SECTION_DEPUTY = "142", "副科级"
    STAFF = "150", "科员"
    CLERK = "160", "办事员"
    UNRANKED = "199", "未定职"


class LevelKind(models.TextChoices):
    RANK = "rank", "退休时职级"
    TREATMENT = "treatment", "现享受待遇"
    MEDICAL = "medical", "医疗待遇"


class Political(models.TextChoices):
    """GB/T 4762-1984."""

    PARTY = "01", "中共党员"
    PROBATIONARY = "02", "中共预备党员"
    LEAGUE = "03", "共青团员"
    REVOLUTIONARY = "04", "民革党员"
    DEMOCRATIC_LEAGUE = "05", "民盟盟员"
    CONSTRUCTION = "06", "民建会员"
    PROMOTING = "07", "民进会员"
    PEASANTS = "08", "农工党党员"
    ZHIGONG = "09", "致公党党员"
    JIUSAN = "10", "九三学社社员"
    TAIWAN = "11", "台盟盟员"
    NON_PARTY = "12", "无党派人士"
    MASSES = "13", "群众"


PARTY_MEMBERS = (Political.PARTY, Political.PROBATIONARY)


class Education(models.TextChoices):
    """GB/T 4658, first digits."""

    GRADUATE = "10", "研究生"
    BACHELOR = "20", "大学本科"
    COLLEGE = "30", "大学专科"
    SECONDARY_SPECIAL = "40", "中专"
    SKILLED = "50", "技校"
    HIGH = "60", "高中"
    MIDDLE = "70", "初中"
    PRIMARY = "80", "小学"
    ILLITERATE = "90", "文盲或半文盲"


class Marriage(models.TextChoices):
    """GB/T 2261.2."""

    UNMARRIED = "10", "未婚"
    MARRIED = "20", "已婚"
    WIDOWED = "30", "丧偶"
    DIVORCED = "40", "离婚"
    UNSTATED = "90", "未说明"


class Health(models.TextChoices):
    """GB/T 2261.3 one-digit codes, and 卧床, which rosters use and the standard does not have."""

    GOOD = "1", "健康"
    FAIR = "2", "一般"
    CHRONIC = "3", "慢性病"
    DISABLED = "6", "残疾"
    BEDRIDDEN = "b", "卧床"


class SelfCare(models.TextChoices):
    """Own scale: none of the standards says 不能自理."""

    FULL = "full", "能自理"
    PARTIAL = "partial", "部分自理"
    HELPLESS = "helpless", "完全不能自理"


class Living(models.TextChoices):
    WITH_SPOUSE = "spouse", "与配偶同住"
    WITH_CHILDREN = "children", "与子女同住"
    ALONE = "alone", "独居"
    NANNY = "nanny", "独居有保姆"
    INSTITUTION = "institution", "养老机构"
    HOSPITAL = "hospital", "长期住院"


class Residence(models.TextChoices):
    LOCAL = "local", "本县市区"
    PROVINCE = "province", "省内他县"
    OTHER_PROVINCE = "other", "外省"
    HK_MACAO_TAIWAN = "hmt", "港澳台"
    ABROAD = "abroad", "境外"


class LifeState(models.TextChoices):
    ALIVE = "alive", "在世"
    CRITICAL = "critical", "病重"
    MISSING = "missing", "失联"
    DEAD = "dead", "去世"
    LEFT = "left", "转出"
    MISTAKE = "mistake", "登记有误"
    MERGED = "merged", "合并"
    """The second record of somebody who stood on the register twice; ``Retiree.merged_into`` is the one kept."""


ON_REGISTER = (LifeState.ALIVE, LifeState.CRITICAL, LifeState.MISSING)
VOID = (LifeState.MERGED, LifeState.MISTAKE)
"""Records that stand for nobody: found by asking for them, and by nothing else."""


class ConditionKind(models.TextChoices):
    HEALTH = "health", "健康状况"
    SELF_CARE = "self_care", "生活自理"
    LIVING = "living", "居住方式"


class EntryKind(models.TextChoices):
    RETIRED = "retired", "离退休"
    OUTSIDE = "outside", "市外转入"
    FOUND = "found", "补登"
    MOVED_IN = "moved_in", "市内转入"
    """From another county of the city: it counts here, and the city's count does not change."""
    UNIT = "unit", "单位变动"
    """From another unit of the same county: the county's count does not change."""


class ExitKind(models.TextChoices):
    DIED = "died", "去世"
    MOVED_OUT = "moved_out", "转到市内别处"
    """To another county of the city: there it is MOVED_IN, on the same day."""
    OUTSIDE = "outside", "转出本市"
    UNIT = "unit", "单位变动"


class TransferSide(models.TextChoices):
    OUT = "out", "转出方"
    IN = "in", "接收方"


class TransferState(models.TextChoices):
    PROPOSED = "proposed", "正在送达"
    DELIVERED = "delivered", "等待答复"
    ACCEPTED = "accepted", "已同意，待生效"
    REFUSED = "refused", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    DONE = "done", "已转移"
    FAILED = "failed", "没有办成"


TRANSFER_OPEN = (TransferState.PROPOSED, TransferState.DELIVERED, TransferState.ACCEPTED)


class Reorganisation(models.TextChoices):
    """What may be done with a unit and the people in it."""

    MERGE = "merge", "并入另一个单位"
    MOVE = "move", "划转到另一个县市区"
    PARENT = "parent", "只改上级单位"


class Funeral(models.TextChoices):
    """Who sees to the funeral, as clerks note it; no paper prescribes the list."""

    UNIT = "unit", "原单位协助办理"
    FAMILY = "family", "家属自行办理"
    SIMPLE = "simple", "从简，不举行仪式"
    OTHER = "other", "其他，见说明"


class AffiliationKind(models.TextChoices):
    ORIGINAL = "original", "原工作单位"
    PAYING = "paying", "离退休费发放单位"


class Relation(models.TextChoices):
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    SIBLING = "sibling", "兄弟姐妹"
    RELATIVE = "relative", "其他亲属"
    CARER = "carer", "照料人"
    OTHER = "other", "其他"


class HonourLevel(models.TextChoices):
    """Who awarded it, own scale."""

    NATION = "nation", "国家级"
    PROVINCE = "province", "省部级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    UNIT = "unit", "单位"
    OTHER = "other", "其他"


class AttachmentKind(models.TextChoices):
    IDENTITY = "identity", "身份证扫描件"
    APPROVAL = "approval", "审批表"
    PROOF = "proof", "证明材料"
    CAREER = "career", "履历和档案材料"
    TREATMENT = "treatment", "待遇材料"
    OTHER = "other", "其他"


class SpecialGroup(models.TextChoices):
    """Groups that get special care. Which of them follow from the record: apps/retirees/rules/groups.py."""

    AGED = "aged", "双高期（80岁以上）"
    EMPTY_NEST = "empty_nest", "空巢"
    HELPLESS = "helpless", "失能"
    AWAY = "away", "异地安置"
    RED_ARMY = "red_army", "红军时期参加工作"
    RESISTANCE = "resistance", "抗战时期参加工作"
    LIBERATION = "liberation", "解放战争时期参加工作"
    ALONE = "alone", "孤寡"
    HARDSHIP = "hardship", "困难"
    SURVIVORS = "survivors", "有遗属"


MARKED_GROUPS = (SpecialGroup.HARDSHIP, SpecialGroup.ALONE, SpecialGroup.EMPTY_NEST, SpecialGroup.AWAY)
"""Groups that staff may mark by hand, where the record does not tell them."""


class CustomKind(models.TextChoices):
    TEXT = "text", "文字"
    NUMBER = "number", "数字"
    DATE = "date", "日期"
    YES_NO = "yes_no", "是或否"
    CHOICE = "choice", "选项"


class ChangeSetKind(models.TextChoices):
    IMPORT = "import", "导入"
    BULK = "bulk", "批量修改"
    GRID = "grid", "表格录入"


NATION_CHOICES = [(f"{code:02d}", name) for code, name in enumerate(NATIONS, start=1)]
"""GB/T 3304-1991: 01 汉族 … 56 基诺族."""


class AgeBand(models.TextChoices):
    UNDER_60 = "0", "60岁以下"
    FROM_60 = "60", "60—69岁"
    FROM_70 = "70", "70—79岁"
    FROM_80 = "80", "80—89岁"
    FROM_90 = "90", "90—99岁"
    FROM_100 = "100", "100岁以上"
    UNKNOWN = "", "出生日期未填"


REQUIRED_FIELDS = (
    ("name", "姓名"),
    ("sex", "性别"),
    ("birth_date", "出生时间"),
    ("nation", "民族"),
    ("native_place", "籍贯"),
    ("political", "政治面貌"),
    ("joined_party_on", "入党时间"),
    ("education", "学历"),
    ("work_started_on", "参加工作时间"),
    ("retired_on", "离退休时间"),
    ("treatment", "现享受待遇及批准时间"),
    ("health", "健康状况"),
    ("rank", "退休时职级"),
    ("post", "退休时单位及职务"),
    ("monthly_income", "月收入总额"),
    ("basic_fee", "基本费"),
    ("allowance", "补贴"),
    ("national_id", "身份证号"),
    ("medical_card", "医保号"),
    ("marriage", "婚姻状况"),
    ("address", "现居住所在地"),
    ("phone", "联系电话"),
)
"""The 22 fields that nobody may lack: acceptance standard of the Shaanxi 退休干部信息管理系统 (one point off each)."""


class DoubleReason(models.TextChoices):
    """Why two records may be one person, and what speaks against it; weights in rules/doubles.py."""

    SAME_NAME = "same_name", "姓名相同"
    VARIANT = "variant", "姓名只是写法不同（繁简、间隔号）"
    FORMER = "former", "一方的曾用名是另一方的姓名"
    SOUND = "sound", "姓名同音"
    BIRTH_DAY = "birth_day", "出生年月日相同"
    BIRTH_MONTH = "birth_month", "出生年月相同"
    BIRTH_UNKNOWN = "birth_unknown", "出生时间有一方没填全"
    SAME_UNIT = "same_unit", "同一单位"
    SAME_PHONE = "same_phone", "联系电话相同"
    BIRTH_DIFFERS = "birth_differs", "出生时间不同"
    ID_DIFFERS = "id_differs", "身份证号不同"
    SEX_DIFFERS = "sex_differs", "性别不同"


class DoubleState(models.TextChoices):
    OPEN = "open", "待核实"
    NOT_DOUBLE = "not_double", "不是同一个人"
    MERGED = "merged", "已合并"


class Audience(models.TextChoices):
    """Who may use a saved view."""

    PRIVATE = "private", "仅自己"
    PLACE = "place", "本单位"
    GROUP = "group", "用户组"
    ALL = "all", "全体"


class RequestKind(models.TextChoices):
    """What somebody below the city asks for."""

    FIELDS = "fields", "修改资料"
    DEATH = "death", "登记去世"
    RETRACTION = "retraction", "撤回去世登记"


class RequestState(models.TextChoices):
    WAITING = "waiting", "待审核"
    RETURNED = "returned", "退回待修改"
    APPROVED = "approved", "已通过"
    REFUSED = "refused", "不予认可"
    WITHDRAWN = "withdrawn", "已撤回"
    OVERTAKEN = "overtaken", "已失效"


REVIEWED_BY_DEFAULT = (
    "rank",
    "treatment",
    "treatment_on",
    "medical_treatment",
    "national_id",
    "category",
    "joined_on",
    "death",
)
"""What counties and units do not change by themselves; ``death`` stands for a death and its retraction."""
