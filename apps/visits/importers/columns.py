"""The columns of visit logs as counties keep them: header names by field, and the words of each choice."""

from apps.core.cells import ChoiceTable
from apps.imports.reading.headers import TableSpec
from apps.retirees.choices import Health
from apps.visits.choices import Way
from apps.visits.rules.ways import WAYS

_NAMES = {
    "name": (
        "姓名 老干部姓名 走访对象 慰问对象 看望对象 走访对象姓名 慰问对象姓名 被走访人 被慰问人 "
        "被走访人姓名 老同志姓名 干部姓名 离退休干部姓名 走访慰问对象 对象 对象姓名"
    ),
    "national_id": "身份证号 身份证号码 身份证 公民身份号码 证件号码 居民身份证号码 身份证件号码",
    "unit": "单位 单位名称 工作单位 所在单位 管理单位 原工作单位 原单位 所属单位",
    "visited_on": (
        "走访日期 走访时间 慰问日期 慰问时间 看望日期 看望时间 走访慰问时间 走访慰问日期 日期 时间 走访年月日 联系时间"
    ),
    "occasion": "事由 走访事由 慰问事由 节日 时节 走访类型 走访类别 慰问类型 走访原因 活动 活动名称 走访名目",
    "way": "方式 走访方式 慰问方式 看望方式 走访形式 形式 联系方式 走访慰问方式",
    "visitors": (
        "走访领导 走访人 走访人员 慰问领导 慰问人 慰问人员 看望领导 看望人 带队领导 走访慰问领导 走访慰问人 "
        "走访干部 参加人员 走访领导姓名 联系领导 走访人姓名"
    ),
    "post": "职务 领导职务 走访领导职务 走访人职务 慰问领导职务 时任职务 走访人员职务",
    "place": "地点 走访地点 医院 所在医院 养老机构 慰问地点",
    "money": "慰问金 慰问金额 金额 慰问金元 慰问金数额 发放慰问金 慰问金额元 慰问资金",
    "goods": "慰问品 慰问物品 物品 慰问品名称 慰问实物",
    "goods_value": "价值 慰问品价值 慰问品金额 折合金额 物品价值 慰问品价值元 慰问品折价 折价",
    "source": "资金来源 经费来源 资金渠道 经费渠道 来源 列支渠道",
    "over_limit": "超标准说明 超标说明 超标准原因 超标原因",
    "health": "健康状况 身体状况 健康情况 身体情况 目前身体状况",
    "wants": (
        "反映问题 诉求 意见建议 反映的问题 存在困难 困难诉求 需求 反映问题及诉求 困难问题 意见和建议 "
        "诉求及建议 存在问题 问题诉求 反映困难"
    ),
    "note": "备注 走访情况 情况 说明 走访记录 慰问情况 情况说明 其他",
}
ALIASES: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}
FIELD_LABELS = {
    "name": "姓名",
    "national_id": "身份证号",
    "unit": "单位",
    "visited_on": "走访日期",
    "occasion": "事由",
    "way": "方式",
    "visitors": "走访人",
    "post": "走访人职务",
    "place": "地点",
    "money": "慰问金",
    "goods": "慰问品",
    "goods_value": "慰问品价值",
    "source": "资金来源",
    "over_limit": "超标准说明",
    "health": "健康状况",
    "wants": "反映问题",
    "note": "备注",
}
SHOWN = ("name", "unit", "visited_on", "occasion", "way", "visitors", "money", "goods", "source")

WAY = ChoiceTable("方式", {str(way.label): words for way, words in WAYS.items()})
WAY_CODES = {str(way.label): way.value for way in Way}
HEALTHS = {
    Health.GOOD: ("良好", "好", "身体健康", "身体良好", "身体较好", "较好"),
    Health.FAIR: ("尚可", "较弱", "平稳", "稳定", "还可以"),
    Health.CHRONIC: ("有慢性病", "慢病", "长年有病", "多病", "患病", "较差", "差"),
    Health.DISABLED: ("残障", "伤残"),
    Health.BEDRIDDEN: ("长期卧床", "瘫痪", "卧床不起"),
}
HEALTH = ChoiceTable("健康状况", {str(one.label): words for one, words in HEALTHS.items()})
HEALTH_CODES = {str(one.label): one.value for one in HEALTHS}

OCCASION_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("new-year", ("元旦", "新年")),
    ("spring", ("春节", "新春", "过年", "年节")),
    ("july-first", ("七一", "建党", "七·一")),
    ("double-ninth", ("重阳", "敬老月", "老年节", "九九")),
    ("heat", ("高温", "送清凉", "防暑", "三伏", "酷暑")),
    ("critical", ("病危", "病重", "危重")),
    ("hospital", ("住院", "生病", "患病", "因病", "看病")),
    ("round-birthday", ("整寿", "寿辰", "祝寿", "大寿")),
    ("birthday", ("生日",)),
    ("death", ("逝世", "去世", "吊唁", "丧事", "病故")),
    ("family", ("家庭变故", "变故", "亲属去世", "受灾")),
    ("routine", ("日常", "平时", "例行", "定期", "每季度", "走访", "慰问", "看望")),
)
"""Code of a builtin occasion and the words that mean it, those that mean more first."""
TITLE_WORDS = ("元旦", "春节", "七一", "重阳", "高温", "住院", "生日")
"""In a title or a sheet's name they give the occasion of all its rows."""

SPEC = TableSpec(ALIASES, words={"occasion": TITLE_WORDS})
