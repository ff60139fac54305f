"""Reasons in Chinese.

A decision's reason, and why an order is refused, is one English sentence, kept in the record as it is;
whoever reads it may read Chinese. What varies in a sentence (numbers, places) is carried over, words among it
are translated. A test makes sure that no reason of the engine's is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SENTENCES = """
a complaint: a ticket is opened = 投诉：登记工单
a complaint: customer service, {n} = 投诉：转客户服务中心 {n}
a message for {n}: {why} = 给 {n} 留言：{why}
asked again = 再问一次
asks for how many minutes = 询问离开多少分钟
asks for the minutes again = 再次询问分钟数
asks: {what} = 提问：{what}
automatic mode = 自动应答
automatic mode by phone = 话机设为自动应答
back to the greeting = 回到欢迎词
back to the schedule by phone = 话机恢复按日程
chosen by name: {n} = 按姓名选定：{n}
comes back after the conversation = 通话结束后回到话务台
compares the PIN = 核对密码
dials {n} outside for {by} = 以 {by} 的权限拨打外线 {n}
directory enquiry by name = 按姓名查号
directory enquiry: is an operator on duty = 查号：是否有话务员值班
everything has been said = 已全部说明
held for {s} s: back to {n} = 已保持 {s} 秒：回到 {n}
is an operator free now = 现在是否有话务员空闲
is the line free now = 线路现在是否空闲
is this the number = 核对回电号码
it could not be done = 未能执行
manual mode by phone = 话机设为人工应答
no minutes were entered = 未输入分钟数
no name was chosen = 未选择姓名
no operator can be reached = 没有能接通的话务员
no operator is signed in = 没有话务员签入
no place for a moment = 暂时没有空位
nobody at the place for unclear calls = 不明来电处无人接听
nobody has these letters = 没有符合这些字母的姓名
nobody to connect with: back to the operator = 没有可接通的对方：回到话务员
not answered within {n} rings = {n} 声铃响内无人接听
nothing was dialled = 未拨号
nothing was entered = 未输入
nothing was recorded = 未录到声音
offers to call back = 询问是否回电
ordered by {n}: {order} = {n} 吩咐：{order}
parked again = 重新驻留
PIN {verdict} = 密码{verdict}
place {n} in the line = 排队第 {n} 位
place {n}, about {m} min = 第 {n} 位，约 {m} 分钟
put through by the secretary, {n} = 由秘书 {n} 转接
reads the departments and their numbers = 播报各部门及分机号
reads {n} names to choose from = 播报 {n} 个姓名供选择
rings the operator again = 再次振铃话务员
rings {who} for {n} rings = 振铃 {who}，{n} 声
rings {who} for {s} s = 振铃 {who}，{s} 秒
rings {who}, to ask whether the call is taken = 振铃 {who}，询问是否接听
sent to the greeting by {n} = 由 {n} 转到欢迎词
silence after the greeting = 欢迎词后没有按键
the assistant, {n}, first = 先接助理 {n}
the call-back is promised = 已承诺回电
the caller chose the head of general administration = 来电者选择综合管理部负责人
the caller speaks to mailbox {n} = 来电者在信箱 {n} 留言
the caller wants a person for the enquiry = 来电者要人工查号
the caller wants {n} = 来电者要 {n}
the consultation with {n} is over = 与 {n} 的咨询结束
the direct number of {n} was dialled = 拨打了 {n} 的直线
the key stands for {n} = 该按键对应 {n}
the main number again = 又拨了总机号码
the main number was dialled = 拨打了总机
the message is in the mailbox = 留言已存入信箱
the mode is {mode} = 当前为{mode}
the next of the group = 组内下一位
the next operator = 下一位话务员
the questions are answered = 已回答提问
the secretary, {n}: {result} = 秘书 {n}：{result}
the ticket's number = 工单号
the ticket's number isn't known yet = 工单号尚未生成
the transfer failed: back to {n} = 转接未成：回到 {n}
ticket {n} is told = 告知工单号 {n}
waited {s} s for the desk = 等候话务台 {s} 秒
waits in line for the desk = 排队等候话务台
waits in line, place {n} = 排队等候，第 {n} 位
waits in the queue of {n} = 在 {n} 队列中等候
waits for {n}, {times} = 等候 {n}，第 {times} 次
waits until {n} is free = 等到 {n} 空闲
which mode is it = 当前是哪种应答方式
which number = 询问回电号码
which other extension = 询问另一个分机号
who answers the main number now = 现在由谁应答总机
who is free = 谁空闲
who is on duty = 谁在值班
who may take the executive's call first = 领导来电先由谁接
who waits and who works in {n} = {n} 队列的等候与值守情况
wrong PIN = 密码错误
{a} asks {n} = {a} 询问 {n}
{a} didn't come to ask {n} = {a} 没有来询问 {n}
{a} is away for {m} minutes = {a} 离开 {m} 分钟
{a} signs in = {a} 签入
{a} signs out = {a} 签出
{n} asks for the PIN = {n} 要求密码
{n} can't serve: {why} = {n} 无法服务：{why}
{n} comes through unscreened by trunk {trunk} = {n} 由中继 {trunk} 来电，免问直接接通
{n} entries that are no number of ours = {n} 次输入都不是本单位号码
{n} is done = {n} 已执行
{n} is in no rules of this call = {n} 不在本次通话的规则中
{n} is no agent there = {n} 不是该队列的坐席
{n} is no code for a phone = {n} 不是话机功能码
{n} is no number of ours = {n} 不是本单位号码
{n} is no operator = {n} 不是话务员
{n} is not asked: back to the operator = 不询问 {n}：回到话务员
{n} is not put through; message or the head of general administration = {n} 不接；可留言或转综合管理部负责人
{n} is reached through the secretary, {m} = {n} 经秘书 {m} 转接
{n} is to be called back = 将回电 {n}
{n} names have these letters = 有 {n} 个姓名符合
{n} needs the number of a reason = {n} 需要原因编号
{n} outside: {result}: back to {by} = 外线 {n}：{result}，回到 {by}
{by} may not dial {n}: back = {by} 无权拨打 {n}：回到话务员
{n} passes the call to the deputy, {m} = {n} 转给副手 {m}
{n} steps are enough = 已到 {n} 步上限
{n} was asked: back = 已询问 {n}：回到话务员
{n} was asked: {verdict} = 已询问 {n}：{verdict}
{kind} {n}: not possible = {kind} {n}：无法执行
{n}: {what} = {n}：{what}
{n}: {why}; message or another extension = {n}：{why}；可留言或拨其他分机
a phone inside dialled a code: nobody is waiting = 内部话机拨了功能码：没有人在等
callers don't come back from {n}: transfer them = 来电者从 {n} 回不来：请直接转接
no orders are taken for the phone {n} = 不接受话机 {n} 的吩咐
no outside line takes {n} = 没有外线能拨 {n}
nobody is being consulted = 没有在咨询任何人
nobody waits for the line of {n} = {n} 的线路不能排队等候
only operators ask {n} = 只有话务员可以询问 {n}
only the secretary, {m}, asks {n} = 只有秘书 {m} 可以询问 {n}
somebody outside = 外线的人
that is the phone the order is given for = 这就是吩咐所用的话机
the call has ended = 通话已结束
the caller doesn't talk with {n} = 来电者没有在与 {n} 通话
the caller is parked already = 来电者已经驻留
the caller talks with {n} = 来电者正在与 {n} 通话
the phone is ringing with this caller: pick it up = 话机正为这位来电者振铃：请摘机
the phone {n} is in use = 话机 {n} 正在使用
the phone {n} is not connected = 话机 {n} 没有连接
the rules name no place for complaints = 规则没有写由谁受理投诉
there is no extension {n} = 没有分机 {n}
this call is not in the switchboard's hands = 这个通话不由总机掌握
what was typed is longer than anybody listens to = 输入的内容太长
who calls, from where and why: at least one is needed = 来电者是谁、来自哪里、有什么事：至少要有一项
{n} doesn't have the caller: answer first = {n} 还没有接这位来电者：请先接听
{n} has nobody in it = {n} 里没有人
{n} has this caller = {n} 正在接待这位来电者
{n} hasn't answered yet: transfer, or wait = {n} 还没有接听：请转接或等候
{n} is a queue: nobody in particular can be asked = {n} 是队列：没有确定的人可以询问
{n} is an emergency number: nobody is sent there = {n} 是紧急号码：不能把人转过去
{n} is being consulted = 正在咨询 {n}
{n} is no operator = {n} 不是话务员
{n} is not asked before a call is put through = 接通 {n} 之前不需要询问
{n} is not signed in as an operator = {n} 没有以话务员身份签入
{n} is outside: only transfer and consult lead there = {n} 是外线号码：只能转接或咨询
{n} may not dial {m} = {n} 无权拨 {m}
{n} takes no calls at this time = {n} 这个时间不接电话
{n} talks with the caller already = {n} 已经在与来电者通话
"""

_WORDS = {
    "nobody": "无人",
    "somebody outside": "外线的人",
    "right": "正确",
    "wrong": "错误",
    "locked": "已锁定",
    "manual": "人工应答",
    "automatic": "自动应答",
    "busy": "占线",
    "no_answer": "无人接听",
    "no answer": "无人接听",
    "unavailable": "不在线",
    "unanswered": "无人接听",
    "answered": "已接听",
    "declined": "不接",
    "secretary_absent": "秘书不在",
    "queue_overflow": "队列溢出",
    "unclear": "去向不明",
    "fallback": "备用流程",
    "operator": "话务员",
    "accepted": "接听",
    "message": "请留言",
    "deputy": "转副手",
    "none": "无答复",
    "unknown": "未知",
    "an unknown number of": "若干",
    "served": "已服务",
    "timed out": "等候超时",
    "full": "已满",
    "no agent": "无坐席",
    "answer": "接听",
    "hold": "保持",
    "transfer": "转接",
    "consult": "咨询",
    "connect": "接通",
    "take_back": "收回",
    "park": "驻留",
    "serial": "连续转接",
    "camp": "占线等候",
    "voicemail": "转留言",
    "complaint": "投诉",
    "screen": "代为询问",
    "hangup": "挂断",
}


def in_language(reason: str, language: str) -> str:
    """`reason` for a reader of `language`; as it is when there is no other wording."""
    return _chinese(reason) if language == "zh" else reason


@lru_cache(maxsize=2048)
def _chinese(reason: str) -> str:
    for pattern, sentence in _table():
        if match := pattern.fullmatch(reason):
            return sentence.format(**{k: _gap(k, v) for k, v in match.groupdict().items()})
    return reason


def _gap(name: str, value: str) -> str:
    """What stands in a gap: a word that has a translation, and of an `order` its first word."""
    if name == "order":
        kind, space, target = value.partition(" ")
        return f"{_WORDS.get(kind, kind)}{space}{target}"
    return _WORDS.get(value, value)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with fewer gaps first: "the next operator" is no "{n} …"."""
    pairs = [line.split(" = ", 1) for line in _SENTENCES.strip().splitlines()]
    pairs.sort(key=lambda pair: (pair[0].count("{"), -len(pair[0])))
    return tuple((re.compile(_expression(english), re.DOTALL), chinese) for english, chinese in pairs)


def _expression(english: str) -> str:
    parts = re.split(r"\{(\w+)\}", english)
    return "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
