"""Keys of every prompt the engine can say. `prompts/<language>.yaml` has a text for each (tested).

What a caller hears is composed: `HOLD_ON` then a ring; `CALLING` then a name; a list of choices is
`CHOICE_FOR` + name + `CHOICE_PRESS` + key.
"""

from __future__ import annotations

HELLO = "greeting-hello"  # 您好，这里是××集团。 ({company} stands in the text)
OTHER_LANGUAGE = "greeting-language"  # in zh: "For English, press 9."; in en: 「中文请按 9」 ({key})
DIAL_EXTENSION = "greeting-dial"  # 请拨分机号，查号请拨零。 ({key} of the enquiry)
COMPLAINT_KEY = "greeting-complaint"  # 投诉请按 7。 ({key})
LISTEN = "greeting-listen"  # 请听好。
DIAL_NOW = "greeting-now"  # 请拨号。 after the list
WRONG = "entry-wrong"  # 您拨的号码不存在，请重新拨。
NOTHING_HEARD = "entry-silent"  # 没有收到您的按键。
UNCLEAR = "unclear-transfer"  # 为您转接综合管理部。 ({unclear})
HOLD_ON = "hold-on"  # 请稍等。
BUSY = "line-busy"  # 对不起，电话占线，请稍后再拨。
NO_ANSWER = "no-answer"  # 对不起，无人接听。
NOT_AVAILABLE = "not-available"  # one path for declined, absent, no key (A8): the same words
SECRETARY_ABSENT = "secretary-absent"  # 对不起，秘书暂时不在，请留言。
CHOICE = "choice-message-or-other"  # 留言请按 1，拨其他分机请按 2。
CHOICE_WAIT = "choice-wait"  # 等待线路空闲请按 3。
CHOICE_HEAD = "choice-message-or-head"  # 留言请按 1，转综合管理部负责人请按 2。
OTHER_EXTENSION = "ask-extension"  # 请拨分机号。
ASK_NAME = "search-ask"  # 用数字键输入姓名或部门的拼音首字母，按井号键结束；听名单请按 1；返回请按星号。
NO_MATCH = "search-none"  # 没有找到。
TOO_MANY = "search-many"  # 找到的人太多，请多输入几个字母。
CHOICE_FOR = "choice-for"  # "For" / 找
CHOICE_PRESS = "choice-press"  # "press" / 请按
MORE = "choice-more"  # 继续听请按 9。
BACK = "choice-back"  # 返回请按星号。
IN_DEPARTMENT = "of-department"  # "of" / ，  between a person's and a department's name
LIST_NUMBER = "list-number"  # "extension" / 分机 before digits
QUEUE_HOLD = "queue-hold"  # 坐席正忙，请稍候。
QUEUE_NONE = "queue-unavailable"  # 对不起，坐席暂时无法接听。
QUEUE_WAIT = "queue-wait"  # 预计等候 (number, minutes follow)
CALL_BACK_OFFER = "call-back-offer"  # 如需我们回电，请按 1；继续等候请不要按键。
CALL_BACK_NUMBER = "call-back-number"  # 我们将拨打 (digits follow)
CALL_BACK_CONFIRM = "call-back-confirm"  # 确认请按 1，换一个号码请按 2。
CALL_BACK_TYPE = "call-back-type"  # 请输入回电号码，按井号键结束。
CALL_BACK_REFUSED = "call-back-refused"  # 对不起，我们无法拨打这个号码。
CALL_BACK_KEPT = "call-back-kept"  # 好的，轮到您时我们会给您回电。
CALL_BACK_HELLO = "call-back-hello"  # to who was called back, while they wait: 您好，这是您要求的回电，…
LEAVE_MESSAGE = "message-intro"  # 请在提示音后留言，按井号键结束。
MESSAGE_SAVED = "message-saved"  # 您的留言已收到，我们会尽快转达。
WAIT_ON = "wait-on"  # 请稍候，线路空闲后马上为您接通。
MESSAGE_FAILED = "message-failed"  # 对不起，没有录到您的留言。
GOODBYE = "goodbye"  # 谢谢来电，再见。
COMPLAINT_HOLD = "complaint-transfer"  # 非常抱歉给您带来不便，马上为您转接客户服务中心。
DESK_SORRY = "desk-sorry"  # 对不起，话务员暂时无法接听，请您使用自动服务。
DESK_BUSY = "desk-busy"  # 话务员正忙，请稍候。
LINE_PLACE = "line-place"  # 您排在第 … 位 (digits follow)
ASK_PIN = "code-pin"  # 请输入密码，按井号键结束。
PIN_WRONG = "code-pin-wrong"  # 密码错误。
PIN_LOCKED = "code-pin-locked"  # 密码错误次数过多，请稍后再试。
ASK_MINUTES = "code-minutes"  # 请输入离开的分钟数，按井号键结束。
ONE_MINUTE = "one-minute"  # 一分钟
MINUTES = "minutes"  # 分钟 (after digits)
NOW_MANUAL = "code-manual"  # 已转为人工应答。
NOW_AUTOMATIC = "code-automatic"  # 已转为自动应答。
NOW_SCHEDULE = "code-schedule"  # 已恢复按时间表应答。
NOW_AWAY = "code-away"  # 已登记离开，时长 (digits, minutes follow)
SIGNED_IN = "code-signed-in"  # 话务员已签入。
SIGNED_OUT = "code-signed-out"  # 话务员已签出。
AGENT_IN = "agent-in"  # 坐席已签入。
AGENT_OUT = "agent-out"  # 坐席已签出。
AGENT_PAUSED = "agent-paused"  # 已示忙。
AGENT_UNPAUSED = "agent-unpaused"  # 已示闲。
AGENT_NONE = "agent-none"  # 您不是该队列的坐席。
AGENT_REASON = "agent-reason"  # 请在示忙代码后加拨原因编号。
IS_MANUAL = "mode-manual"  # 现在是人工应答。
IS_AUTOMATIC = "mode-automatic"  # 现在是自动应答。
TICKET = "complaint-ticket"  # 您的投诉已登记，编号是 (digits follow)
PARKED = "parked"  # to who parked: 来电已驻留，位置是 (a digit follows)
PARK_EMPTY = "park-empty"  # 这个位置没有来电。
PICKUP_NONE = "pickup-none"  # 没有可以代接的电话。
SCREEN_INTRO = "screen-intro"  # 为了帮您转接，请在提示音后依次回答三个问题。
SCREEN_NAME = "screen-name"  # 请问您贵姓？
SCREEN_ORGANISATION = "screen-organisation"  # 请问您是哪个单位？
SCREEN_PURPOSE = "screen-purpose"  # 请问您有什么事？
SCREEN_HOLD = "screen-hold"  # 请稍等，正在为您联系。
SCREEN_CALL = "screen-call"  # to the executive: 有您的来电，对方说：
SCREEN_MENU = "screen-menu"  # to the executive: 接听请按 1，请对方留言请按 2，转给代理人请按 3，重听请按 4。
NOT_ALLOWED = "dial-refused"  # 对不起，此分机无权拨打该号码。
NO_SUCH_NUMBER = "dial-unknown"  # inside: 您拨的号码不存在。
TROUBLE = "trouble"  # 对不起，系统繁忙。 before the fallback, and when a bound is reached
FALLBACK_DIAL = "fallback-dial"  # 请拨分机号，转综合管理部请拨零。 said without the controller
TYPED_INTRO = "typed-intro"  # in a mailbox: 话务员为您记录的留言。
TYPED_CALLER = "typed-caller"  # 来电人： (a name follows)
TYPED_NUMBER = "typed-number"  # 来电号码： (digits follow)

ALL: tuple[str, ...] = tuple(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)
