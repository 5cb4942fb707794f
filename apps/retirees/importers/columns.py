"""The columns of rosters as counties send them: header names by field, and the words of each choice.

Field order matters. ``joined_on`` (参加革命工作时间) stands before ``work_started_on`` (参加工作时间): a sheet
with both columns fills both, a sheet with 参加工作时间 alone means the date that decides 离休.
"""

from typing import Any

from apps.core.cells import NATIONS, ChoiceTable
from apps.imports.reading.headers import StandIn, TableSpec
from apps.retirees.choices import (
    Category,
    Education,
    Health,
    Level,
    Living,
    Marriage,
    Political,
    Residence,
    SelfCare,
)
from apps.retirees.rules.sheet_key import SHEET_KEY_LABEL

_NAMES = {
    "name": "姓名 名字 干部姓名 老干部姓名 人员姓名 老同志姓名 离退休人员姓名 本人姓名 姓名及性别",
    "former_name": "曾用名 原名 曾用姓名 又名",
    "sex": "性别 男女 性别码",
    "nation": "民族 族别 民族成份 民族成分",
    "birth_date": "出生日期 出生年月 出生年月日 出生时间 生日 出生 出生年份 档案出生日期 档案出生年月 生年月",
    "political": "政治面貌 政治面目 党派 政治身份 是否党员 党员",
    "joined_party_on": "入党时间 入党年月 入党日期 加入党组织时间 参加党组织时间 入党（团）时间 何时入党",
    "joined_on": (
        "参加革命工作时间 参加革命时间 参加革命工作年月 参加革命工作日期 参加革命年月 入伍参加革命时间 "
        "革命工作时间 参加工作时间 参加工作年月 参加工作日期 参工时间 参工年月 工作时间 参加工作 "
        "何时参加工作 参加工作年份"
    ),
    "work_started_on": (
        "参加工作时间 参加工作年月 参加工作日期 参工时间 参工年月 工作时间 参加工作 何时参加工作 参加工作年份"
    ),
    "category": (
        "离退休类别 类别 离退类别 离退休类型 人员类别 离退类型 干部类别 离退休性质 离休或退休 离休退休 "
        "离退休 离退 人员类型 身份类别 离退别 离退休别 人员性质"
    ),
    "retired_on": (
        "离退休时间 退休时间 离休时间 离退时间 离退休年月 退休年月 离退休日期 退休日期 离休年月 离休日期 "
        "离岗时间 批准离退休时间 离退休批准时间 退休批准时间 何时离退休 离休退休时间 办理退休时间"
    ),
    "unit": ("单位 单位名称 管理单位 现管理单位 工作单位 所在单位 所属单位 单位全称 部门 所在部门 主管单位"),
    "original_unit": (
        "原工作单位 原单位 离退休前工作单位 退休前工作单位 离退休前单位 退休前单位 离退休时单位 退休时单位 "
        "离休前单位 离退休前所在单位 原所在单位"
    ),
    "paying_unit": "发放单位 支付单位 离退休费支付单位 离退休费发放单位 待遇发放单位 工资发放单位",
    "post": (
        "原任职务 职务 原职务 离退休前职务 退休前职务 退休时职务 曾任职务 曾任最高职务 单位及职务 "
        "原单位及职务 工作单位及职务 退休时单位及职务 离退休时职务 现任职务 最高职务 离休前职务 职务职称"
    ),
    "highest_post": "曾任最高职务 最高职务 曾任最高领导职务",
    "held_leading_post": "担任过实职 是否担任过实职 是否担任过领导职务 是否任过实职",
    "rank": (
        "职级 离退休时职级 退休时职级 原职级 级别 离退休前职级 离退休前级别 职务级别 行政级别 离退休时级别 "
        "退休时级别 职务层次 退休前级别 原级别 职务职级"
    ),
    "treatment": (
        "现享受待遇 享受待遇 待遇 享受何种待遇 待遇级别 现享受待遇级别 政治生活待遇 生活待遇 享受级别 "
        "享受职级待遇 离休待遇 现待遇 享受政治生活待遇"
    ),
    "treatment_on": (
        "享受待遇起始时间 享受待遇时间 待遇起始时间 享受待遇批准时间 待遇批准时间 现享受待遇时间 现享受待遇批准时间"
    ),
    "medical_treatment": "医疗待遇 享受医疗待遇 医疗待遇级别 医疗级别 医疗保障级别",
    "medical_treatment_on": "医疗待遇时间 享受医疗待遇时间 医疗待遇起始时间 医疗待遇批准时间",
    "rank_number": "职级批准文号 职级文号 退休时职级批准文号",
    "treatment_number": "待遇批准文号 享受待遇批准文号 现享受待遇批准文号 待遇文号",
    "medical_number": "医疗待遇批准文号 医疗待遇文号",
    "approval_number": "批准文号 离退休批准文号 退休批准文号 离休批准文号 批准退休文号 退休文号 文号",
    "joined_basis": "参加革命工作时间依据 革命工作依据 参加革命工作依据",
    "work_basis": "参加工作时间依据 参加工作依据",
    "national_id": (
        "身份证号码 身份证号 身份证 公民身份号码 公民身份证号码 居民身份证号码 身份证件号码 证件号码 证件号 "
        "身份号码 居民身份证号 身份证件号 二代身份证号 身份证明号码 有效证件号码"
    ),
    "health": "健康状况 身体状况 健康情况 身体健康状况 健康 身体情况 目前身体状况",
    "self_care": (
        "自理能力 生活自理 生活自理能力 生活能否自理 生活是否能自理 能否自理 是否自理 自理情况 生活自理情况 失能情况"
    ),
    "phone": (
        "联系电话 电话 手机号码 手机 联系方式 手机号 本人电话 电话号码 住宅电话 本人联系电话 移动电话 "
        "家庭电话 联系电话本人或家属 固定电话 本人手机"
    ),
    "address": (
        "家庭住址 住址 现住址 居住地址 家庭地址 现居住地 现居住地址 通讯地址 居住地 现居住所在地 详细住址 "
        "地址 常住地址 家庭详细地址 现家庭住址 居住地点"
    ),
    "residence": "居住地区 居住地类别 居住区域 居住地域",
    "party_branch": "所在党支部 党支部 所属党支部 所在支部 所在党组织 党组织关系所在支部 党组织",
    "native_place": "籍贯 祖籍 原籍 籍贯县市",
    "birthplace": "出生地 出生地点 出生所在地",
    "settled_place": "异地安置地点 异地安置地 易地安置地点 易地安置地 安置地点 安置地",
    "speciality": "特长 专长 爱好特长 特长爱好 兴趣特长 熟悉专业有何专长 熟悉专业有何特长",
    "education": "学历 文化程度 最高学历 文化 学历学位 受教育程度",
    "marriage": "婚姻状况 婚姻 婚姻情况 婚否",
    "living": (
        "居住情况 居住方式 居住状况 与谁居住 同住情况 生活方式 是否独居 与何人同住 空巢独居情况 家庭居住情况"
    ),
    "monthly_income": (
        "月收入总额 月收入 收入 离退休费 月离退休费 退休费 养老金 月养老金 月退休费 工资 月工资 离休费 "
        "基本养老金"
    ),
    "basic_fee": "基本离退休费 基本费 基本退休费 基本离休费",
    "allowance": "津贴补贴 补贴 津补贴 津贴 补贴津贴",
    "medical_card": "医保号 医保卡号 医疗证号 医疗保险号 社保卡号 医疗保险证号 医保编号 干部医疗证号",
    "state": "人员状态 状态 在世情况 健在情况 是否健在 存亡 生存状态 是否在世",
    "note": "备注 备考 说明 其他 备注说明 其它",
    "career": "履历 简历 工作简历 个人简历 主要简历",
    "family": "家庭成员",
    "honours": "奖惩情况 奖惩 荣誉 获奖情况 受奖情况 主要荣誉 何时受过何种奖励",
    "portrait": "任免审批表照片",
    "person_key": f"{SHEET_KEY_LABEL} 人员编号",
}
ROSTER_ALIASES: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}

CATEGORY_WORDS = {
    Category.LIXIU: ("离休", "离休干部", "离休人员", "离休老干部", "离", "老红军"),
    Category.TUIXIU: ("退休", "退休干部", "退休人员", "退休老干部", "退", "提前退休", "内退后退休", "病退"),
}
_LEVEL_WORDS = {
    Level.NATIONAL_CHIEF: (),
    Level.NATIONAL_DEPUTY: (),
    Level.PROVINCE_CHIEF: ("正部级", "省部级正职", "正省部级"),
    Level.PROVINCE_DEPUTY: ("副部级", "省部级副职", "副省部级"),
    Level.BUREAU_CHIEF: ("正局级", "厅局级正职", "正地厅级", "正地级", "正厅局级", "地厅级正职", "正厅"),
    Level.BUREAU_DEPUTY: ("副局级", "厅局级副职", "副地厅级", "副地级", "副厅局级", "地厅级副职", "副厅"),
    Level.COUNTY_CHIEF: ("正处级", "县处级正职", "正县处级", "正县", "正处", "正团级"),
    Level.COUNTY_DEPUTY: ("副处级", "县处级副职", "副县处级", "副县", "副处", "副团级"),
    Level.SECTION_CHIEF: ("乡科级正职", "正乡级", "正科", "正乡科级", "正营级"),
    Level.SECTION_DEPUTY: ("乡科级副职", "副乡级", "副科", "副乡科级", "副营级"),
    Level.STAFF: ("科员级", "一般干部"),
    Level.CLERK: ("办事员级",),
    Level.UNRANKED: ("未定级", "无级别"),
}
_MORE_WORDS = {
    "political": {
        Political.PARTY: ("党员", "中共", "共产党员", "中国共产党党员", "是", "中共正式党员"),
        Political.PROBATIONARY: ("预备党员",),
        Political.LEAGUE: ("团员",),
        Political.REVOLUTIONARY: ("民革", "民革会员"),
        Political.DEMOCRATIC_LEAGUE: ("民盟",),
        Political.CONSTRUCTION: ("民建",),
        Political.PROMOTING: ("民进",),
        Political.PEASANTS: ("农工党", "农工民主党", "农工"),
        Political.ZHIGONG: ("致公党", "致公"),
        Political.JIUSAN: ("九三学社", "九三"),
        Political.TAIWAN: ("台盟",),
        Political.NON_PARTY: ("无党派",),
        Political.MASSES: ("非党员", "非党", "否"),
    },
    "education": {
        Education.GRADUATE: ("硕士研究生", "博士研究生", "硕士", "博士", "研究生学历"),
        Education.BACHELOR: ("本科", "大学", "大本", "学士"),
        Education.COLLEGE: ("大专", "专科"),
        Education.SECONDARY_SPECIAL: ("中等专科", "中师", "中专学历"),
        Education.SKILLED: ("技工学校", "技工"),
        Education.HIGH: ("高中学历", "高级中学"),
        Education.MIDDLE: ("初级中学", "初中学历"),
        Education.PRIMARY: ("高小", "初小", "小学学历"),
        Education.ILLITERATE: ("文盲", "半文盲", "无", "扫盲"),
    },
    "marriage": {
        Marriage.UNMARRIED: (),
        Marriage.MARRIED: ("初婚", "再婚", "复婚", "有配偶", "是"),
        Marriage.WIDOWED: ("丧妻", "丧夫", "配偶去世"),
        Marriage.DIVORCED: ("离异",),
        Marriage.UNSTATED: (),
    },
    "health": {
        Health.GOOD: ("良好", "好", "身体健康", "健康或良好", "健在"),
        Health.FAIR: ("较好", "一般或较弱", "尚可", "较弱"),
        Health.CHRONIC: ("有慢性病", "慢病", "长年有病", "多病", "患病", "较差", "差"),
        Health.DISABLED: ("残障", "伤残"),
        Health.BEDRIDDEN: ("长期卧床", "瘫痪", "卧床不起"),
    },
    "self_care": {
        SelfCare.FULL: ("自理", "能", "是", "完全自理", "生活能自理", "可以自理"),
        SelfCare.PARTIAL: ("半自理", "半失能", "部分不能自理", "基本自理"),
        SelfCare.HELPLESS: ("不能自理", "不能", "否", "失能", "完全失能", "生活不能自理"),
    },
    "living": {
        Living.WITH_SPOUSE: ("与配偶居住", "与老伴同住", "配偶", "夫妻同住", "空巢"),
        Living.WITH_CHILDREN: ("与子女居住", "子女", "随子女居住"),
        Living.ALONE: ("独自居住", "一个人居住", "是"),
        Living.NANNY: ("保姆照料", "与保姆同住"),
        Living.INSTITUTION: ("养老院", "敬老院", "福利院", "护理院"),
        Living.HOSPITAL: ("住院", "医院"),
    },
    "residence": {
        Residence.LOCAL: ("本地", "本县", "本市", "本县市", "县内", "市内"),
        Residence.PROVINCE: ("省内", "省内异地", "省内其他县市"),
        Residence.OTHER_PROVINCE: ("省外", "外省市"),
        Residence.HK_MACAO_TAIWAN: ("香港", "澳门", "台湾"),
        Residence.ABROAD: ("国外", "海外"),
    },
    "rank": _LEVEL_WORDS,
    "treatment": _LEVEL_WORDS,
    "medical_treatment": _LEVEL_WORDS,
}

CATEGORY = ChoiceTable("离退休类别", {str(code.label): words for code, words in CATEGORY_WORDS.items()})
CATEGORY_CODES = {str(code.label): code.value for code in CATEGORY_WORDS}

FIELD_LABELS = {
    "name": "姓名",
    "former_name": "曾用名",
    "sex": "性别",
    "nation": "民族",
    "birth_date": "出生年月",
    "national_id": "身份证号",
    "category": "类别",
    "joined_on": "参加革命工作时间",
    "work_started_on": "参加工作时间",
    "retired_on": "离退休时间",
    "unit": "单位",
    "original_unit": "原工作单位",
    "paying_unit": "发放单位",
    "post": "职务",
    "highest_post": "曾任最高职务",
    "held_leading_post": "担任过实职",
    "rank": "职级",
    "rank_number": "职级批准文号",
    "treatment": "享受待遇",
    "treatment_on": "享受待遇起始时间",
    "treatment_number": "待遇批准文号",
    "medical_treatment": "医疗待遇",
    "medical_treatment_on": "医疗待遇时间",
    "medical_number": "医疗待遇批准文号",
    "approval_number": "批准文号",
    "joined_basis": "参加革命工作时间依据",
    "work_basis": "参加工作时间依据",
    "political": "政治面貌",
    "joined_party_on": "入党时间",
    "native_place": "籍贯",
    "birthplace": "出生地",
    "education": "学历",
    "marriage": "婚姻状况",
    "health": "健康状况",
    "self_care": "生活自理",
    "living": "居住方式",
    "party_branch": "所在党支部",
    "phone": "联系电话",
    "address": "住址",
    "residence": "居住地区",
    "settled_place": "异地安置地点",
    "speciality": "特长",
    "monthly_income": "月收入总额",
    "basic_fee": "基本离退休费",
    "allowance": "津贴补贴",
    "medical_card": "医保号",
    "state": "人员状态",
    "note": "备注",
    "career": "履历",
    "family": "家庭成员",
    "honours": "荣誉",
    "portrait": "照片",
    "person_key": "人员编号",
}

CHOICES: dict[str, tuple[ChoiceTable, dict[str, Any]]] = {
    name: (
        ChoiceTable(FIELD_LABELS[name], {str(code.label): spellings for code, spellings in words.items()}),
        {str(code.label): code.value for code in words},
    )
    for name, words in _MORE_WORDS.items()
}
"""Field → (words it understands, code of each)."""
CHOICES["held_leading_post"] = (
    ChoiceTable(FIELD_LABELS["held_leading_post"], {"是": ("有", "担任过", "√"), "否": ("无", "没有", "×")}),
    {"是": True, "否": False},
)

WORDS: dict[str, tuple[str, ...]] = {
    "sex": ("男", "女"),
    "nation": NATIONS,
    "category": tuple(CATEGORY_CODES),
    **{name: tuple(codes) for name, (_, codes) in CHOICES.items()},
}
"""Field → the words that a clerk may pick for it."""

ROSTER_SPEC = TableSpec(
    ROSTER_ALIASES,
    words={"category": ("离休", "退休")},
    neutral_words=("离退休", "离、退休", "离（退）休", "离退", "退休前", "离休退休", "离休、退休"),
    stand_ins=(
        StandIn(
            missing="unit",
            taken="original_unit",
            unless="person_key",
            note="表里没有管理单位一列，这一列当作管理单位导入；如果只是原工作单位，请改为对应到“原工作单位”",
        ),
    ),
)
