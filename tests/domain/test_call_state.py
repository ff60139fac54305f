"""The state that travels with a call: whole, small, and refused when damaged."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain.actions import MessageReason
from switchboard.domain.call import Call, Stage
from switchboard.errors import StateUnreadable


def test_a_state_is_plain_letters_that_need_no_quoting() -> None:
    """Nothing in a packed state means anything to a dialplan or to AGI."""
    call = Call(id="1.1", rules="1-a", caller="+8613800138000", stage=Stage.CHOICE, why=MessageReason.BUSY)
    assert call.pack().replace("-", "").replace("_", "").isalnum()
    assert Call.unpack(call.pack()) == call


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    """Damage is an error of its own kind, never a call gone astray."""
    with pytest.raises(StateUnreadable):
        Call.unpack(text)


@pytest.mark.parametrize(
    "values",
    [
        {"v": 2, "id": "1", "rules": "1"},
        {"v": 1, "id": "1"},
        {"v": 1, "id": "1", "rules": "1", "stage": "dancing"},
        {"v": 1, "id": "1", "rules": "1", "tries": "many"},
        {"v": 1, "id": "1", "rules": "1", "surprise": 1},
        [],
    ],
)
def test_a_state_of_another_make_is_refused(values: object) -> None:
    """A newer version, missing or strange fields: the call goes to the fallback."""
    packed = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    with pytest.raises(StateUnreadable):
        Call.unpack(packed)


def test_a_state_that_grew_too_large_is_refused_before_it_travels() -> None:
    """AGI lines end at 8,192 bytes; we stop far below."""
    with pytest.raises(StateUnreadable, match="1500"):
        Call(id="1", rules="1", entry="9" * 3000).pack()
