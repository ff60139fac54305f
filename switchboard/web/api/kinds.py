"""Types that several features take or tell."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from switchboard.domain.orders import LONGEST_TARGET

PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""A line of text: no control characters."""

PROSE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Several lines of text."""

CallId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,150}$")]
Extension = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")]
Target = Annotated[str, StringConstraints(pattern=rf"^[0-9]{{1,{LONGEST_TARGET}}}$")]
"""An extension, or a number outside as a phone inside dials it."""
Count = Annotated[int, Field(ge=1, le=500)]
RowId = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""A number that a script can hold exactly."""
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]
