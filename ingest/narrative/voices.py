"""Who speaks in a text: a township's congress, or a body that reports to it, answers it or is supervised by it.

A body gives itself away by how it speaks of itself (我所), whom it speaks for (我代表镇人民政府), whose supervision it
accepts, under whose bureau it stands, whom it answers and who signs; a congress by what it and its deputies do.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal, NamedTuple

Voice = Literal["other", "notice"]
_ENOUGH = 4  # what the signs of another voice must weigh, and more than those of a congress
_DECISIVE = 9  # what an answer or a notice weighs, whoever writes it


class Sign(NamedTuple):
    """A way of speaking: what it weighs each time, how often it counts at most, and whose voice it is.

    `needs`: one of these stands in every text that has the sign (a cheap look before the pattern).
    """

    weight: int
    most: int
    pattern: re.Pattern[str]
    voice: Voice
    needs: tuple[str, ...]

    def weigh(self, text: str) -> int:
        """What the sign weighs in the text."""
        for word in self.needs:
            if word in text:
                break
        else:
            if self.needs:
                return 0
        if self.most == 1:
            return self.weight if self.pattern.search(text) else 0
        return self.weight * len(list(islice(self.pattern.finditer(text), self.most)))


def _sign(weight: int, most: int, pattern: str, needs: str = "", voice: Voice = "other") -> Sign:
    return Sign(weight, most, re.compile(pattern, re.M), voice, tuple(needs.split()))


_SPEAKS_FOR = (  # 我代表镇人民政府向大会报告工作, 我代表派出所作汇报
    r"我(?:受[^，。；\n]{1,12}委托，?)?代表(?!们)(?:(?!人大|主席团|小组)[^，。；\n]){1,14}?"
    r"(?:政府|法庭|医院|[所院局校站办会司村]|中心|集团|支部|社区|两委|党委)[，向作就把对]"
    r"|受(?:(?!人大|主席团|小组|代表)[^，。；\n]){1,14}(?:政府|法院|检察院|党委|[所局院站]|委员会)的?委托"
)
_ACCEPTS = (  # 自觉接受镇人大监督; 镇政府自觉接受 is how a report of the congress tells it
    r"(?<!政府)(?:自觉|主动|诚恳|虚心|认真|积极|依法|我[们所院校局站中]{1,2})接受[^，。；\n]{0,12}(?:人大|代表)(?!常委会)"
    r"[^，。；\n]{0,10}(?:监督|评议|视察|检查|审议)"
)
_SUPPORTED = (  # 在镇人大的监督支持下
    r"在[^。；\n]{0,40}(?<![县市区省旗])(?:镇|乡|街道)?人大(?!主席团|代表|常委会)[^，。；\n]{0,8}"
    r"(?:监督支持|监督和支持|监督|支持和监督|支持监督)下"
)
_UNDER_BUREAU = (  # 在县公安局党委领导下
    r"在[^。；\n]{0,16}[县市区旗][\u4e00-\u9fff]{1,6}(?:局|公司|院|联社|支队|大队|中心)(?:党委|党组|机关)?[^。；\n]{0,16}"
    r"(?:领导|指导|支持|关怀)[^，。；\n]{0,6}下"
)
_BOTH_PAPERS = (  # 办理人大代表建议、政协提案14件
    r"(?:办理|承办|主办|协办|办复|答复)[^，。；\n]{0,16}(?:建议|议案|提案)[^。；\n]{0,12}政协[^，。；\n]{0,5}(?:提案|建议)"
)
_IN_OFFICE = (  # 我担任副镇长以来,分管农业
    r"我(?:叫|是)?[^，。；\n]{0,24}(?:担任|任|当选)(?:为)?[^，。；\n]{0,10}"
    r"(?:副?[镇乡]长|书记|委员|所长|站长|校长)[^。；\n]{0,30}(?:分管|主管|负责)"
)
_ONE_DEPUTY = (
    r"(?:我是|作为|我叫[^。\n]{0,20})(?:一名|一个|一位|来自|新任|基层)[^，。；\n]{0,14}(?:人大|镇|乡|县)代表[，、。]"
)
_ECONOMY = r"生产总值|固定资产投资|一般公共预算收入|财政(?:总)?收入|人均可支配收入|人均纯收入|招商引资|工农业总产值"
_SIGNED = (  # 清水镇人民政府 over a date
    r"^[^\n，。；人]{2,12}(?:人民政府|派出所|司法所|卫生院|学校|小学|中学|公司|财政所|妇联|村委会|村民委员会|局)\n"
    r"(?:19|20)\d\d年\d{1,2}月"
)
_TO_CONGRESS = (  # 向镇人大报告工作, 及时向主席团汇报
    r"向(?!全国|省|市|县|区)[^，。；\n]{0,3}(?:人大|主席团)[^，。；\n]{0,10}"
    r"(?:报告工作|汇报工作|报告一次|作(?:工作)?汇报|书面报告|报告整改|通报)"
)
_COUNTY_ROUND = (  # news: 县人大常委会副主任…率视察组…深入3个乡镇
    r"\A(?:[^。\n]{1,30}\n)?[^。\n]{0,14}[县市区州](?:人大(?:常委会)?|委|政府)[^。\n]{0,30}"
    r"(?:率|带领|带队|一行|赴|到|深入)[^。\n]{0,40}(?:[镇乡]|街道)"
)
_COUNTY_DOES = (  # 定远县人大常委会持续开展; not 配合县人大开展
    r"人大(?<=[县市区州]人大)(?<!配合.人大)(?<!协助.人大)(?<!参加.人大)(?<!按照.人大)(?<!根据.人大)(?<!接受.人大)(?<!迎接.人大)"
    r"(?<![在由向应为对经].人大)(?:常委会)?[^，。；\n的]{0,4}(?:持续|组织|开展|坚持|先后|认真|围绕|召开|听取|审议|紧紧|深入)"
    r"|届人大常委会[^，。；\n的]{0,4}(?:组织|开展|召开|听取|建立|成立|任期)"
)
_COUNTY_SESSION = (  # 县十六届人大二次会议主席团举行第三次会议
    r"[县市区旗州]第?[一二三四五六七八九十\d]{1,3}届(?:人大|人民代表大会)第?[一二三四五六七八九十\d]{1,3}次会议"
    r"(?:主席团|秘书处|预备会议?|举行|开幕|闭幕|隆重|胜利)"
)
_ANSWERS = (
    r"(?:建议|提案|来信|议案)[^，。；\n]{0,8}收悉|现(?:就[^，。\n]{0,20})?答复如下"
    r"|^(?:建议人|领衔代表|领衔人|附议代表|附议人|案由)："
)
_OUR_OFFICE = (  # 我所, 全校, 本公司
    r"(?:[所院校局庭站](?<=[我本全].)|中心(?<=[我本全]中心)|公司(?<=[我本全]公司)|妇联(?<=[我本全]妇联)|支部(?<=[我本]支部)|[商协]会(?<=[我本][商协]会))"
    r"(?![在有谓见知属以里需做想说能点])"
)
_OUR_OFFICES = " ".join(
    whose + office
    for whose in "我本全"
    for office in ("所", "院", "校", "局", "庭", "站", "中心", "公司", "妇联", "支部", "商会", "协会")
)
_WE_WHO = r"我们(?:公司|学校|医院|派出所|合作社|企业|卫生院|检察院|法院)"
_BODY = (  # a body that is no congress, by its last word
    r"(?:(?!人大|代表|主席团|联络|接待|活动|关于|对|会同|配合|组织|邀请|联合|评议|视察|检查|调研|听取|围绕)[^，。；：\n]){1,12}"
    r"(?:所|局|院|校|小学|中学|检察室|站|中心|商会|协会|公司|合作社|工会|妇联|团委|纪委|党委|支部|联社|银行|[法察防管]队|大队|中队)"
)
_OPENS = (  # 供电所在县供电公司领导下, 农业服务中心紧紧围绕: the first words name who speaks
    rf"\A(?:[^\n]{{0,30}}：\n|[^\n，。]{{0,30}}\n)?(?:[^，。\n]{{0,8}}年[来，]{{0,2}})?{_BODY}"
    r"(?:(?:19|20)\d\d年度?|一年来|今年|近年来|紧紧|认真|坚持|充分|在|以|积极|深入|始终|共|现有|全年|立足|结合|开展|组织|先后|围绕|召开|向|全体|，)"
)
_PORTRAIT = (  # 他叫陈某, 54岁的王某是…代表: one person's story
    r"\A(?:[^\n]{0,30}\n)?(?:“[^”]{0,40}”)?[^。\n]{0,40}(?:[他她][叫是]|\d岁的?[\u4e00-\u9fff]{2,4}(?:是|，))"
)
_TITLED = rf"\A{_BODY}[^\n，。]{{0,20}}(?:汇报|总结|报告|小结|情况|述职)[^\n，。]{{0,16}}$"
_FOREIGN = (
    _sign(4, 1, _SPEAKS_FOR, "我代表 我受 委托"),
    _sign(2, 2, _ACCEPTS, "接受"),
    _sign(2, 2, _SUPPORTED, "监督下 支持下 监督支持下"),
    _sign(3, 2, _OUR_OFFICE, _OUR_OFFICES),
    _sign(3, 1, _WE_WHO, "我们"),
    _sign(
        2,
        2,
        r"(?:^|[，。；、\n])(?:我|本)(?:村|社区)(?!代表|选区|的?(?:县|镇|乡)?(?:人大)?代表)",
        "我村 我社区 本村 本社区",
    ),
    _sign(
        3,
        2,
        r"全(?:校|院|所|站|局|体)(?:师生|教职工|职工|干警|民警|辅警|医护人员|员工|社工)",
        "师生 教职工 职工 干警 民警 辅警 医护 员工 社工",
    ),
    _sign(3, 2, _BOTH_PAPERS, "政协"),
    _sign(3, 2, _UNDER_BUREAU, "领导 指导 支持 关怀"),
    _sign(3, 1, r"(?:上级|业务)(?:业务|主管)?(?:主管)?部门[^，。；\n]{0,8}(?:领导|指导|支持)", "部门"),
    _sign(4, 1, r"驻[^，。；\n]{1,6}村(?:帮扶)?工作队|驻村第一书记", "工作队 第一书记"),
    _sign(4, 1, r"我(?:是|叫)[^，。；\n]{0,24}代表[\u4e00-\u9fff]{2,3}[，。]", "我是 我叫"),
    _sign(2, 3, r"19[0-7]\d年|民国", "19 民国"),  # history
    _sign(4, 1, r"受[^，。；\n]{0,24}(?:常委会|常务委员会)的?委托", "委托"),
    _sign(4, 1, r"(?:常委会|主任)会?议?\d+次", "常委会 主任会"),
    _sign(2, 3, _COUNTY_DOES, "县人大 市人大 区人大 州人大 届人大"),
    _sign(5, 1, _COUNTY_SESSION, "届"),
    _sign(
        3,
        1,
        r"全[县市区州](?:五级|四级|三级|各级)?(?:共?\d+余?名)?[^，。；\n]{0,4}(?:人大)?代表",
        "全县 全市 全区 全州",
    ),
    _sign(4, 1, r"去世|逝世|享年|生前", "去世 逝世 享年 生前"),
    _sign(4, 1, _PORTRAIT, "他 她 岁"),
    _sign(1, 3, r"[他她](?<=[。，；：“”\n].)(?!们|的)", "他 她"),
    _sign(4, 1, r"我[镇乡]?(?:人大)?(?:学习)?考察[组团]", "考察"),
    _sign(5, 1, r"制定(?:如下|本)(?:办法|方案|制度|细则|规定|意见|规则)", "制定", "notice"),
    _sign(4, 1, _OPENS),
    _sign(4, 1, _TITLED),
    _sign(3, 1, r"(?:^|[，。；])接受[^，。；\n]{0,6}人大代表?[^，。；\n]{0,4}(?:视察|监督|评议|检查|测评)", "接受"),
    _sign(3, 1, r"支持(?:和保证|、保证)?[^，。；\n]{0,4}人大[^，。；\n]{0,6}(?:履职|履行|行使|开展)", "支持"),
    _sign(4, 1, r"党代会上的报告|发展党员\d", "党代会上 发展党员"),
    _sign(4, 2, r"您(?:今年|所在|是否|认为|对|提|参加|走访)", "您", "notice"),
    _sign(4, 1, _IN_OFFICE, "分管 主管 负责"),
    _sign(2, 2, r"分管(?:的)?[^，。；\n]{0,10}(?:工作|领域|部门|线)|我分管|任现职以来", "分管 任现职"),
    _sign(4, 1, _ONE_DEPUTY, "我是 作为 我叫"),
    _sign(2, 1, r"(?:召开|研究)[^，。；\n]{0,8}(?:政府常务会议?|镇长办公会议?|乡长办公会议?)", "常务会 长办公会"),
    _sign(1, 2, _ECONOMY, "生产总值 固定资产 公共预算 财政 人均 招商 总产值"),
    _sign(4, 1, _SIGNED),
    _sign(
        3,
        1,
        r"^[县市区](?:人民)?政府：$|(?:[县市区])(?:人民)?政府(?:共|先后)?(?:收到|承办)",
        "县政府 市政府 区政府 县人民政府 市人民政府 区人民政府",
    ),
    _sign(2, 2, _TO_CONGRESS, "报告 汇报 通报"),
    _sign(3, 2, r"笔者|本文(?!转|来)|参考文献|^摘要|问卷调查", "笔者 本文 参考文献 摘要 问卷调查"),
    _sign(3, 2, r"(?<![A-Za-z])[A-Z某][镇乡县市](?![A-Za-z])", "某 A镇 A乡 A县 A市 B镇 B乡"),
    _sign(4, 1, _COUNTY_ROUND),
    _sign(_DECISIVE, 1, _ANSWERS, "收悉 答复如下 建议人 案由 领衔 附议"),
    _sign(_DECISIVE, 1, r"现将[^。；\n]{0,24}(?:通知|安排|公告)如下|特此(?:通知|公告)", "现将 特此", "notice"),
    _sign(3, 3, r"分(?:(?<=[得扣加记]\d分)|(?<=[得扣加记]\d\d分))|百分制", "分", "notice"),
    _sign(4, 1, r"^[^。\n]{0,20}(?:父老乡亲|各位党员|村民代表)[^。\n]{0,10}[：，]", "父老乡亲 各位党员 村民代表"),
    _sign(2, 2, r"村两委|社区两委", "两委"),
    _sign(4, 1, r"我委(?![托派任员])", "我委"),
    _sign(2, 1, r"定于[^。；\n]{0,30}召开", "定于", "notice"),
)
_CONGRESS_DOES = (
    r"(?:主席团|(?<![县市区省旗])(?:镇|乡|街道)人大|人大工委|街工委|街道工委)(?:主席团)?[^，。；\n]{0,8}"
    r"(?:组织|召开|开展|听取|安排|举办|举行|坚持|围绕|始终|先后|紧紧|牵头|收到|主持|督办|交办|印发|制定|建立|把|共)"
)
_DEPUTIES_DO = (
    r"(?:^|[，。；、])(?:各级|全体|广大|各位|人大|县镇|驻[镇乡街道]{1,2})*代表们?(?:小组)?"
    r"(?:共|先后|积极|带头|主动|深入|踊跃|还|也|都)*"
    r"(?:走访|接待|提出|视察|调研|捐|参加|参与|结对|为|围绕|察看|提|联系|收集|反映)"
)
_TITLE = (
    r"\A[^\n，。]{0,40}(?:(?<![县市区州省])人大|[镇乡][^\n，。]{0,6}人民代表大会|主席团|代表(?:小组|之家|联络站|工作室|活动))"
    r"[^\n，。]{0,20}$"
)
_CONGRESS = (
    _sign(2, 3, _CONGRESS_DOES),
    _sign(1, 3, r"(?:组织|安排|发动|动员|引导|号召|带领)[^，。；\n]{0,8}(?:人大)?代表"),
    _sign(1, 3, _DEPUTIES_DO),
    _sign(3, 3, r"(?:我|本)(?:镇|乡|街道)?(?:人大|主席团|代表小组|小组)|我组|我们(?:人大|主席团|代表小组|小组|代表)"),
    _sign(1, 3, r"大会(?:听取|审议|审查|选举|表决|通过|应到|收到|依法)|人代会(?:期间|上|闭会|共|依法)|闭会期间"),
    _sign(6, 1, r"(?:我|本人)[^。；\n]{0,30}(?:人大|主席团)(?:专职)?副?主席"),  # a chairman's own account
    _sign(3, 1, r"[应实]到代表|代表\d+[名人][^。\n]{0,12}(?:实到|出席)", "应到 实到 出席"),
    _sign(3, 1, _TITLE),
)


def is_congress_heard(text: str) -> bool:
    """True when anything in the text speaks as a congress does."""
    return any(sign.pattern.search(text) for sign in _CONGRESS)


def foreign_voice(text: str) -> Voice | None:
    """Who speaks when it is no township's congress: another body, or one who gives notice; else None.

    `text` is clean and long enough to show whose paper it is (some thousand characters).
    """
    weights = [(sign.weigh(text), sign.voice) for sign in _FOREIGN]
    heaviest, voice = max(weights)
    if heaviest >= _DECISIVE:
        return voice
    against = sum(weight for weight, _ in weights)
    if against < _ENOUGH or against <= sum(sign.weigh(text) for sign in _CONGRESS):
        return None
    return voice
