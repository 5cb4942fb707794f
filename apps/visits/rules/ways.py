"""The words in which offices write how somebody was seen."""

from apps.visits.choices import Way

WAYS = {
    Way.HOME: (
        "入户",
        "登门",
        "家访",
        "实地",
        "上门走访",
        "上门慰问",
        "入户走访",
        "走访",
        "当面",
        "到家",
        "登门看望",
        "实地走访",
    ),
    Way.HOSPITAL: ("医院", "医院看望", "住院看望", "到医院看望", "病房看望"),
    Way.INSTITUTION: ("养老院", "敬老院", "养老机构", "福利院", "到养老院", "护理院"),
    Way.VIDEO: ("视频连线", "微信视频", "视频慰问", "视频看望"),
    Way.PHONE: ("电话慰问", "电话问候", "电话联系", "通话", "微信", "微信问候"),
    Way.ENTRUSTED: ("委托", "代为看望", "委托单位", "委托亲属", "转交", "代慰问", "代送"),
}
