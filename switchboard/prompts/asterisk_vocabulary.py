"""Every sound Asterisk 22 asks for by itself, in Chinese and in English, with the source that asks.

Read in Asterisk's sources (branch 22); `tests/prompts/test_asterisk_names.py` holds the list against the
names inside the modules' binaries. Names that only other languages' grammars use ("vm-nytt", "jp-wa",
"digits/1hk") are not ours. The texts stand in `prompts/<language>.yaml`.
"""

from __future__ import annotations

SOURCES: dict[str, str] = {
    "apps/app_voicemail.c (deposit, mailbox, greetings, folders), main/app.c (review of recordings)": """
    vm-intro vm-nobodyavail vm-theperson vm-isunavail vm-isonphone vm-goodbye vm-mailboxfull vm-msgsaved
    vm-tooshort vm-nothingrecorded vm-speakup vm-review vm-review-urgent vm-review-nonurgent
    vm-marked-urgent vm-marked-nonurgent vm-saveoper vm-reachoper vm-torerecord vm-tocancelmsg
    vm-deleted vm-whichbox vm-login vm-password vm-incorrect vm-incorrect-mailbox vm-newuser
    vm-pls-try-again vm-you vm-have vm-haveno vm-youhave vm-youhaveno vm-tong vm-no vm-and vm-message
    vm-messages vm-nomessages vm-nonewmessages vm-new vm-old vm-tempgreetactive vm-INBOX vm-INBOXs
    vm-INBOX1 vm-Old vm-Olds vm-Old1 vm-Work vm-Family vm-Friends vm-Cust1 vm-Cust2 vm-Cust3 vm-Cust4
    vm-Cust5 vm-Deleted vm-Urgent vm-changeto vm-savefolder vm-savedto vm-saved vm-press vm-for
    vm-tocancel press vm-listen vm-onefor vm-onefor-full vm-opts vm-opts-full vm-helpexit vm-prev
    vm-repeat vm-next vm-msginstruct vm-delete vm-undelete vm-undeleted vm-toforward vm-savemessage
    vm-advopts vm-nomore vm-sorry vm-first vm-last vm-number vm-received vm-duration vm-minutes vm-from
    vm-from-extension vm-from-phonenumber vm-unknown-caller vm-extension vm-toreply vm-tocallback
    vm-tohearenv vm-tomakecall vm-leavemsg vm-starmain vm-star-cancel vm-nobox vm-nonumber vm-num-i-have
    vm-tocallnum vm-calldiffnum vm-toenternumber vm-enter-num-to-call vm-then-pound vm-dialout
    vm-forward vm-forwardoptions vm-forward-multiple vm-record-prepend vm-prepend-timeout
    vm-msgforwarded vm-options vm-instructions vm-rec-unv vm-rec-busy vm-rec-name vm-rec-temp
    vm-tempgreeting vm-tempgreeting2 vm-tempremoved vm-tmpexists vm-newpassword vm-reenterpassword
    vm-mismatch vm-invalid-password vm-invalidpassword vm-passchanged tt-weasels
    """,
    "apps/app_directory.c (forwarding by name)": """
    dir-welcome dir-intro-fn dir-intro dir-pls-enter dir-first dir-last dir-firstlast dir-usingkeypad
    dir-instr dir-nomatch dir-nomore dir-multi1 dir-multi2 dir-multi9 dir-multi3
    """,
    "apps/app_queue.c (defaults of queues.conf)": """
    queue-youarenext queue-thereare queue-callswaiting queue-quantity1 queue-quantity2 queue-holdtime
    queue-minute queue-minutes queue-seconds queue-less-than queue-thankyou queue-reporthold
    queue-periodic-announce queue-callerannounce
    """,
    "main/features_config.c, res/parking/, apps/app_authenticate.c, apps/app_agent_pool.c, main/say.c": """
    pbx-invalid pbx-invalidpark pbx-parkingfailed pbx-transfer transfer privacy-incorrect auth-thankyou
    auth-incorrect agent-pass agent-id agent-incorrect agent-user agent-loginok agent-newlocation
    agent-alreadyon agent-loggedoff is and from at hour hours minute minutes second seconds uppercase
    lowercase activated de-activated
    """,
    "main/say.c: ast_say_number_full_zh, _en, ast_say_enumeration_full_en, ast_say_digit_str": """
    digits/0 digits/1 digits/2 digits/3 digits/4 digits/5 digits/6 digits/7 digits/8 digits/9 digits/10
    digits/11 digits/12 digits/13 digits/14 digits/15 digits/16 digits/17 digits/18 digits/19 digits/20
    digits/30 digits/40 digits/50 digits/60 digits/70 digits/80 digits/90 digits/hundred digits/thousand
    digits/wan digits/yi digits/million digits/billion digits/minus digits/and digits/oh digits/star
    digits/pound digits/dot digits/point digits/h-1 digits/h-2 digits/h-3 digits/h-4 digits/h-5
    digits/h-6 digits/h-7 digits/h-8 digits/h-9 digits/h-10 digits/h-11 digits/h-12 digits/h-13
    digits/h-14 digits/h-15 digits/h-16 digits/h-17 digits/h-18 digits/h-19 digits/h-20 digits/h-30
    digits/h-40 digits/h-50 digits/h-60 digits/h-70 digits/h-80 digits/h-90 digits/h-hundred
    digits/h-thousand digits/h-million digits/h-billion digits/h-last
    """,
    "main/say.c: ast_say_date_with_format_zh, _en, ast_say_time_*, ast_say_datetime_*": """
    digits/mon-0 digits/mon-1 digits/mon-2 digits/mon-3 digits/mon-4 digits/mon-5 digits/mon-6
    digits/mon-7 digits/mon-8 digits/mon-9 digits/mon-10 digits/mon-11 digits/day-0 digits/day-1
    digits/day-2 digits/day-3 digits/day-4 digits/day-5 digits/day-6 digits/year digits/day digits/today
    digits/yesterday digits/tomorrow digits/at digits/oclock digits/a-m digits/p-m digits/hour
    digits/hours digits/minutes digits/seconds
    """,
    "main/say.c: say_character_str_full, say_phonetic_str_full": """
    letters/a letters/b letters/c letters/d letters/e letters/f letters/g letters/h letters/i letters/j
    letters/k letters/l letters/m letters/n letters/o letters/p letters/q letters/r letters/s letters/t
    letters/u letters/v letters/w letters/x letters/y letters/z letters/zee letters/at letters/dash
    letters/dollar letters/dot letters/equals letters/exclaimation-point letters/plus letters/slash
    letters/space phonetic/a_p phonetic/b_p phonetic/c_p phonetic/d_p phonetic/e_p phonetic/f_p
    phonetic/g_p phonetic/h_p phonetic/i_p phonetic/j_p phonetic/k_p phonetic/l_p phonetic/m_p
    phonetic/n_p phonetic/o_p phonetic/p_p phonetic/q_p phonetic/r_p phonetic/s_p phonetic/t_p
    phonetic/u_p phonetic/v_p phonetic/w_p phonetic/x_p phonetic/y_p phonetic/z_p phonetic/0_p
    phonetic/1_p phonetic/2_p phonetic/3_p phonetic/4_p phonetic/5_p phonetic/6_p phonetic/7_p
    phonetic/8_p phonetic/9_p
    """,
}
"""Source file → names, separated by blanks."""

VOCABULARY: tuple[str, ...] = tuple(name for names in SOURCES.values() for name in names.split())
"""Names with a text in every language."""

TONES = ("beep", "beeperr")
SILENCES = tuple(f"silence/{seconds}" for seconds in range(1, 11))
"""Made without speech: see `switchboard.prompts.tones`."""
