"""What Asterisk 22.10.1 says over FastAGI, recorded."""

REQUEST = (
    b"agi_network: yes\n"
    b"agi_network_script: step?x=1\n"
    b"agi_request: agi://127.0.0.1:4573/step?x=1\n"
    b"agi_channel: PJSIP/trunk-test-00000000\n"
    b"agi_language: zh\n"
    b"agi_type: PJSIP\n"
    b"agi_uniqueid: 1795360461.1\n"
    b"agi_version: 22.10.1\n"
    b"agi_callerid: 13800138000\n"
    b"agi_calleridname: unknown\n"
    b"agi_callingpres: 0\n"
    b"agi_callingani2: 0\n"
    b"agi_callington: 0\n"
    b"agi_callingtns: 0\n"
    b"agi_dnid: 8000\n"
    b"agi_rdnis: unknown\n"
    b"agi_context: switchboard\n"
    b"agi_extension: s\n"
    b"agi_priority: 3\n"
    b"agi_enhanced: 0.0\n"
    b"agi_accountcode: \n"
    b"agi_threadid: 140231\n"
    b"agi_arg_1: one\n"
    b"agi_arg_2: two words\n"
    b"\n"
)

USAGE = (
    b"520-Invalid command syntax.  Proper usage follows:\n"
    b" Usage: STREAM FILE <filename> <escape digits> [sample offset]\n"
    b" Send the given file, allowing playback to be interrupted by the given\n"
    b" digits, if any.\n"
    b"\n"
    b"520 End of proper usage.\n"
)


def request(**changed: str) -> bytes:
    """The request with some values changed: `request(agi_calleridname="x")`."""
    lines = []
    for line in REQUEST.decode().split("\n"):
        name = line.partition(":")[0]
        lines.append(f"{name}: {changed[name]}" if name in changed else line)
    return "\n".join(lines).encode()
