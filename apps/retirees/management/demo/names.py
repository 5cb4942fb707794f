"""Inventing names as people of an age bear them. None is taken from a list of real people."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
"""The hundred and more commonest, most common first."""
RARE_SURNAMES = "单 解 仇 区 查 盖 翟 缪 欧阳 上官 司马 诸葛 逄 乜".split()

# Given names by the years in which they were in fashion: characters for men, for women.
FASHION = (
    (1937, "忠德福贵明清永世怀光荣山祖民义生长有才元培绍先兴", "秀英兰芝桂珍玉素淑贞惠凤莲"),
    (1950, "国振建民立志新华光文德启明学仁家平成玉忠云生发", "秀兰英桂珍玉梅淑芳素华琴翠"),
    (1960, "建国援朝卫和平志强明新华永胜光荣振兴爱民跃进学军", "秀英兰芳梅玉萍爱华淑琴丽珍霞"),
    (2100, "军伟勇强斌涛志刚建海波红卫东林峰明辉平文杰鹏", "丽敏静艳红霞燕娟芳萍玲莉慧芬"),
)
RARE = "䶮㛃堃喆珺犇頔祎翀淼甡垚燊𬭎"
"""Characters that old software and fonts stumble over; 䶮 and 㛃 are not in GB 2312, 𬭎 not in the basic plane."""
DOTTED = (
    ("05", "1", "买买提·艾力 阿不都·热西提 吐尔逊·买买提 艾合买提·托合提 库尔班·依明"),
    ("05", "2", "阿依古丽·吐尔逊 古丽娜尔·买买提 热依汗·库尔班"),
    ("17", "1", "努尔兰·哈不都拉 叶尔肯·别克"),
    ("04", "1", "扎西·次仁 多吉·才让"),
    ("02", "1", "巴特尔·孟和"),
)
"""Nation, sex, names."""
NATIONS = {"01": 925, "15": 34, "03": 13, "11": 9, "06": 6, "12": 4, "08": 3, "02": 2, "10": 1}


def invent(dice: Random, sex: str, born: int) -> tuple[str, str]:
    """A name and a nation code for somebody of ``sex`` ("1", "2") born in that year."""
    if dice.random() < 0.003:
        nation, _, names = dice.choice([row for row in DOTTED if row[1] == sex])
        return dice.choice(names.split()), nation
    nation = dice.choices(list(NATIONS), NATIONS.values())[0]
    return surname(dice) + given(dice, sex, born), nation


def surname(dice: Random) -> str:
    """A surname, common ones more often."""
    if dice.random() < 0.012:
        return dice.choice(RARE_SURNAMES)
    return SURNAMES[int(len(SURNAMES) * dice.random() ** 1.8)]


def given(dice: Random, sex: str, born: int) -> str:
    """A given name of one or two characters."""
    characters = next(row for row in FASHION if born < row[0])[int(sex)]
    length = 1 if dice.random() < (0.12 if born < 1955 else 0.3) else 2
    chosen = dice.sample(characters, length)
    if dice.random() < 0.006:
        chosen[-1] = dice.choice(RARE)
    return "".join(chosen)
