"""A first rules file of one's own: a small company with everything it needs, commented to be grown."""

from __future__ import annotations

from dataclasses import dataclass

from switchboard.rules.importing import quoted


@dataclass(frozen=True, slots=True)
class Start:
    """What has to be known. Numbers and times as the file writes them."""

    company_zh: str
    company_en: str
    head_zh: str
    head_en: str
    main_number: str = "8000"
    administration: str = "8100"
    head: str = "8101"
    operator: str = "8011"
    language: str = "zh"
    time_zone: str = "Asia/Shanghai"
    opens: str = "08:30"
    closes: str = "17:30"
    lunch_from: str = "12:00"
    lunch_to: str = "13:30"
    prefix: str = "9"


def file_of(start: Start) -> str:
    """The text of the file."""
    values = {name: getattr(start, name) for name in Start.__slots__}
    for name in ("company_zh", "company_en", "head_zh", "head_en"):
        values[name] = quoted(values[name])
    return _FILE.format(**values)


_FILE = """\
# The company: who can be reached under the main number, and how.
# 公司总机规则：谁可以接通，怎样接通。
#
# Save, and it holds for the next call; a mistake changes nothing and is told by `switchboard status`.
# Ask first: `switchboard check`. Every key: docs/rules.md. People from a list: `switchboard rules import`.
# 保存即生效；有错则沿用原规则。Numbers stand in quotes · 号码必须加引号.

company: {{zh: {company_zh}, en: {company_en}}}
main_number: "{main_number}"
language: {language}                      # spoken first: zh or en · 首选语言
time_zone: {time_zone}

greeting:
  announce: ["{administration}"]              # read out with their numbers · 播报的部门
  keys:                           # one digit: language, enquiry, complaint, or an extension
    "9": language                 # the other language · 换语言
    "0": enquiry                  # find somebody by name · 查号
    "7": complaint                # 投诉

unclear: "{administration}"                   # nobody knows whom they want · 不清楚找谁
complaints: "{administration}"                # a department, or a queue · 投诉转接处
general_head: "{head}"              # offered when an executive can't be reached · 综合管理部负责人

operators:
  people: ["{operator}"]                # may work the switchboard · 话务员

hours:                            # operators are on duty, 15 minutes before and after too · 工作时间
  weekly:
    - {{days: mon-fri, from: "{opens}", to: "{lunch_from}"}}
    - {{days: mon-fri, from: "{lunch_to}", to: "{closes}"}}
  holidays: cn                    # China's public holidays and make-up days · 法定节假日与调休
  # lunch: {{from: "{lunch_from}", to: "{lunch_to}"}}            # somebody stays over lunch · 午间值班
  # closures:                                       # once · 临时停班
  #   - {{from: "2027-01-15 12:00", to: 2027-01-15, reason: 年会}}

defaults:
  ring_for: 25                    # seconds · 振铃秒数
  outside: none                   # may dial: none, local, national, international · 外线权限

departments:                      # ring their people; one shared mailbox · 部门
  "{administration}":
    name: {{zh: 综合管理部, en: General Administration}}
    mailbox_openers: ["{head}"]     # who may hear its messages · 谁可听留言

# queues:                         # callers wait for the next free agent · 排队
#   "8600":
#     name: {{zh: 客户服务中心, en: Customer Service}}
#     members: ["{head}"]
#     longest_wait: 180

# executives:                     # phones no caller rings directly · 领导
#   "8801":
#     name: {{zh: 方正华, en: Fang Zhenghua}}
#     screening: {{deputy: "{head}"}}           # asks who is calling, then decides · 先问来电者
#   "8899":
#     name: {{zh: 陆承志, en: Lu Chengzhi}}
#     secretary: "{head}"                     # only the secretary puts calls through · 只由秘书转接

people:                           # each has a phone account, a mailbox, and is found by name · 员工
  "{operator}": {{name: {{zh: 话务员, en: Operator}}, listing: internal}}
  "{head}": {{name: {{zh: {head_zh}, en: {head_en}}}, department: "{administration}"}}

outside:
  prefix: "{prefix}"                     # dialled before an outside number · 先拨
  emergency: ["110", "119", "120", "122"]   # from every phone, without the prefix · 紧急号码
  classes:                        # X = 0-9, Z = 1-9, N = 2-9, [..] = one of, . = anything more
    local: ["NXXXXXXX", "100XX", "123XX", "95XXX"]
    national: ["1[3-9]XXXXXXXXX", "0ZXXXXXXXXX", "0ZXXXXXXXXXX", "400XXXXXXX"]
    international: ["00Z."]

trunks:                           # lines to the telephone network · 中继
  test-caller:                    # `switchboard call` plays an outside caller through it · 测试用
    username: test-caller
    numbers: {{"{main_number}": "{main_number}"}}
  # provider:                     # yours might read · 运营商示例
  #   addresses: [203.0.113.10]
  #   host: 203.0.113.10
  #   numbers: {{"02988886000": "{main_number}"}}
  #   outgoing: ["X."]
"""
