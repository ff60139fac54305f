"""What the controller offers over HTTP."""

from switchboard.web.control import ControlServer

__all__ = ["ControlServer"]
