"""Invented papers of the invented city: one that replaces another wholly, and a county's own."""

from dataclasses import replace
from datetime import date

from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor, scope
from apps.library.actions.clauses import add_clauses
from apps.library.actions.papers import save_paper
from apps.library.actions.supersessions import supersede
from apps.library.choices import PaperLevel, Secrecy
from apps.library.models import Paper
from apps.library.rules import split_clauses
from apps.units.models import Unit

INVENTED = "演示用的虚构文件，不是任何单位的真实规定。"
OLD = """第一条 走访慰问分为日常走访、节日慰问和住院看望。
第二条 节日慰问每年两次，春节前和“七一”前各一次。
第三条 离休干部住院的，所在单位应在七日内看望。"""
NEW = """第一条 走访慰问分为日常走访、节日慰问、住院看望和重大变故看望。
第二条 节日慰问每年三次，春节前、“七一”前和重阳节前各一次。
第三条 离休干部住院的，所在单位应在三日内看望；病危的当日看望。
第四条 走访情况应在五个工作日内登记。
本办法自2025年7月1日起施行，《云溪市离退休干部走访慰问办法（试行）》同时废止。"""
COUNTY = """一、对象
（一）全县离休干部。
（二）80周岁以上的退休干部。
二、要求
（一）每季度至少走访一次。
（二）走访中听到的诉求当日登记。"""


def load_papers(demo: Demo) -> str:
    """Register them by the ordinary actions; return a line that says how many."""
    with scope(demo.loader("city_clerk", "s_city")) as actor:
        old = _paper(
            actor,
            OLD,
            number="云溪老干〔2019〕演示1号",
            title="云溪市离退休干部走访慰问办法（试行）",
            issuer="云溪市委老干部局",
            issued_on=PartialDate(2019, 3),
            starts_on=date(2019, 4, 1),
        )
        new = _paper(
            actor,
            NEW,
            number="云溪老干〔2025〕演示3号",
            title="云溪市离退休干部走访慰问办法",
            issuer="云溪市委老干部局",
            issued_on=PartialDate(2025, 6, 20),
            starts_on=date(2025, 7, 1),
        )
        supersede(newer=new, older=old, is_whole=True, by=actor)
    county = Unit.objects.get(name="南岭县")
    clerk = replace(demo.loader("county_clerk", "s_county"), county_id=county.pk)
    with scope(clerk) as actor:
        _paper(
            actor,
            COUNTY,
            number="南岭老干〔2025〕演示2号",
            title="关于加强高龄离退休干部走访的通知",
            issuer="南岭县委老干部局",
            level=PaperLevel.COUNTY,
            issued_on=PartialDate(2025, 9, 3),
            starts_on=date(2025, 9, 3),
        )
    return "文件：3份"


def _paper(actor: Actor, text: str, **values: object) -> Paper:
    given = {
        "level": PaperLevel.CITY,
        "secrecy": Secrecy.OPEN,
        "summary": INVENTED,
        "source": "演示数据",
    }
    row = save_paper(paper=None, values=given | values, version=0, by=actor)
    add_clauses(paper=row, clauses=split_clauses(text), by=actor)
    return row
