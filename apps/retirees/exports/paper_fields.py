"""Fields that only the office's own forms have: what a person's papers say beside the columns of a sheet, and what
the page of fields tells of every name."""

from collections.abc import Collection
from dataclasses import replace

from apps.core.sheets import Column
from apps.exports.rules import ExportColumn
from apps.retirees.exports.sources import FORM_FIELDS
from apps.retirees.queries.sheet import LISTS, PHOTO, SINGLE

PREFIX = "paper:"
NUMBER = "导出编号"
FAMILY, FAMILY_PHONE = "家庭成员", "家庭成员.电话"
_TAKEN = {source.column.label for source in FORM_FIELDS.values()}


def _field(label: str, group: str) -> ExportColumn:
    family = label.partition(".")[0] == FAMILY
    return ExportColumn(
        f"{PREFIX}{label}", Column(label, 14), private=family, core=label == FAMILY_PHONE, group=group
    )


PAPER_FIELDS: dict[str, ExportColumn] = {
    column.name: column
    for column in (
        *(_field(label, "登记表用语") for label in SINGLE if label not in _TAKEN),
        _field(PHOTO, "登记表用语"),
        _field(NUMBER, "登记表用语"),
        *(
            _field(label, f"名单：{name}")
            for name, parts in LISTS.items()
            for label in (name, *(f"{name}.{part}" for part in parts))
        ),
    )
}
"""Column of a request → field, of what stands in no sheet. Lists go into a form row by row."""


def paper_labels(names: Collection[str]) -> frozenset[str]:
    """The labels among these columns that come from a person's papers."""
    return frozenset(PAPER_FIELDS[name].label for name in names if name in PAPER_FIELDS)


_TOLD: dict[str, tuple[str, str]] = {
    "姓名": ("", "王建国"),
    "曾用名": ("", "王铁柱"),
    "性别": ("", "男"),
    "民族": ("", "汉族"),
    "出生年月": ("档案上的出生时间，知道多少写多少", "1934年7月"),
    "出生时间": ("与“出生年月”相同", "1934年7月"),
    "身份证出生日期": ("", "1934年7月15日"),
    "周岁": ("到填表当天；去世的到去世时", "91"),
    "年龄": ("与“周岁”相同", "91"),
    "籍贯": ("", "湖北麻城"),
    "出生地": ("", "湖北麻城"),
    "政治面貌": ("", "中共党员"),
    "入党时间": ("", "1955年3月"),
    "学历": ("", "大学专科"),
    "婚姻状况": ("", "已婚"),
    "类别": ("离休或退休", "离休"),
    "参加革命工作时间": ("离休干部的", "1948年2月"),
    "参加革命工作时间依据": ("", "本人档案自传"),
    "时期": ("按参加革命工作时间划分", "解放战争时期"),
    "参加革命工作时期": ("与“时期”相同", "解放战争时期"),
    "参加工作时间": ("", "1948年2月"),
    "参加工作时间依据": ("", "干部履历表"),
    "离退休时间": ("", "1994年8月"),
    "县市区": ("", "城北区"),
    "管理单位": ("现在由哪个单位管理", "县财政局"),
    "原工作单位": ("离退休前的单位", "县粮食局"),
    "发放单位": ("离退休费由谁发放", "县社保局"),
    "退休时职务": ("", "局长"),
    "曾任最高职务": ("", "副县长"),
    "担任过实职": ("是或否", "是"),
    "退休时职级": ("", "正处级"),
    "职级批准文号": ("", "云组〔1990〕3号"),
    "现享受待遇": ("", "副厅级"),
    "享受待遇起始时间": ("", "1995年1月"),
    "享受待遇时间": ("与“享受待遇起始时间”相同", "1995年1月"),
    "待遇批准文号": ("", "云组〔1995〕8号"),
    "医疗待遇": ("", "副厅级"),
    "医疗待遇时间": ("", "1996年3月"),
    "医疗待遇批准文号": ("", "云卫〔1996〕1号"),
    "批准文号": ("离退休的批准文号", "云组〔1994〕12号"),
    "健康状况": ("", "慢性病"),
    "自理能力": ("", "部分自理"),
    "生活自理": ("与“自理能力”相同", "部分自理"),
    "居住情况": ("和谁住", "与配偶同住"),
    "居住方式": ("与“居住情况”相同", "与配偶同住"),
    "居住地区": ("住在哪一类地方", "本县市区"),
    "居住地": ("与“居住地区”相同", "本县市区"),
    "异地安置地点": ("", "江苏省苏州市"),
    "特长": ("", "书法"),
    "特殊群体": ("按登记内容归入的，可以有几个", "空巢、高龄"),
    "所在党支部": ("", "财政局离退休党支部"),
    "人员状态": ("", "在世"),
    "状态": ("与“人员状态”相同", "在世"),
    "去世时间": ("", ""),
    "身份证号": ("遮盖或原样，按导出时选的", "4201**********0015"),
    "联系电话": ("遮盖或原样，按导出时选的", "139****5139"),
    "现居住地址": ("遮盖或原样，按导出时选的", "云溪市****"),
    "医保号": ("遮盖或原样，按导出时选的", "******"),
    "月收入总额": ("元", "8650.50"),
    "基本离退休费": ("元", "7000.00"),
    "津贴补贴": ("元", "1650.50"),
    "备注": ("", ""),
    "资料完整": ("22项里填了几项", "20"),
    "核实日期": ("", "2026-03-31"),
    "填表日期": ("生成文件的当天", "2026年3月31日"),
    "简历": ("履历各条，一条一行", "1956年9月至1970年3月　县农机厂 工人"),
    "照片": ("Word 和 Excel 都可以，单独占一格", "（照片）"),
    NUMBER: ("这次导出的编号，按它查得到是谁导出的", "DC000123"),
    "履历": ("名单；在 Excel 里一条一行写在一格", ""),
    "荣誉": ("名单", ""),
    FAMILY: ("名单；敏感信息选“不导出”时不填", ""),
    "级别待遇": ("名单", ""),
    "健康与生活": ("名单", ""),
    "自定义栏目": ("名单", ""),
    "履历.起止": ("", "1956年9月至1970年3月"),
    "履历.单位": ("", "县农机厂"),
    "履历.职务": ("", "工人"),
    "履历.说明": ("", "其间在党校学习"),
    "荣誉.时间": ("", "1960年"),
    "荣誉.名称": ("", "先进工作者"),
    "荣誉.级别": ("", "省级"),
    "荣誉.授予单位": ("", "省人民政府"),
    "家庭成员.称谓": ("没有填称谓的是关系", "长子"),
    "家庭成员.姓名": ("", "王小明"),
    "家庭成员.出生时间": ("", "1960年5月"),
    "家庭成员.政治面貌": ("", "中共党员"),
    "家庭成员.工作单位及职务": ("", "县一中教师"),
    FAMILY_PHONE: ("原样导出要第二个人批准", "139****5139"),
    "家庭成员.备注": ("", "紧急联系人"),
}


def explained(column: ExportColumn) -> ExportColumn:
    """The field with what the page of fields says of it."""
    meaning, example = _TOLD.get(column.label, ("", ""))
    if not meaning and column.group == "自定义栏目":
        meaning = "本局自己加的栏目"
    return replace(column, meaning=meaning, example=example)
